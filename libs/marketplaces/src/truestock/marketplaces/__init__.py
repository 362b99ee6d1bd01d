"""One interface to the marketplaces, and each marketplace behind it in a package of its own.

Owns: OAuth profiles, account and settings reads, paged and batched listing reads, mapping a raw listing to
the canonical one, independent evidence, error classes. Keeps no state, holds no refresh token, never writes
to a marketplace. No marketplace package imports another one.
"""
