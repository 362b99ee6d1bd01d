"""The importer: reads a seller's listings in batches, samples first, and owns the gate to bulk imports.

Owns: import batches, one row per (batch, listing), raw payloads, the last known content of each listing.
Consumes: connector.connection.v1, inventory.inventory-seeded.v1, validator.sync-validated.v1 and the
pipeline's dead letters. Emits: importer.import-batch.v1, importer.listing-imported.v1.
Never: writes to a marketplace, keeps a token, holds stock or items.
"""
