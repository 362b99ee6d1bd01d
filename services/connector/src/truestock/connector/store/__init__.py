"""Tables, queries and the transaction. SQL stays in here."""
