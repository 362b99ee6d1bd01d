"""One module per service: its public API as typed methods."""
