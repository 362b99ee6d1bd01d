"""One module per check of the domain rules; each yields what it compared and what it noticed."""
