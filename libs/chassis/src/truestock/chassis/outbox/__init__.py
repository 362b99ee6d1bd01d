"""Events leave through a table: written in the transaction, published by the relay."""
