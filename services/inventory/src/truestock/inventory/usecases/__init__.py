"""What inventory does, one module per use case. I/O comes in through the protocols of ``ports``."""
