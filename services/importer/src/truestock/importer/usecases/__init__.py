"""What the importer does, one verb phrase per use case; I/O comes in through the protocols of ``ports``."""
