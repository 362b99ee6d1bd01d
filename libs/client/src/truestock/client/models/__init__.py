"""What the services answer, as this client reads it.

Readers are open: unknown fields are ignored, words of an enumeration are plain strings, and what an
older service does not say yet has a default.
"""
