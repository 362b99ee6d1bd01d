"""What the validator does, one module per use case."""
