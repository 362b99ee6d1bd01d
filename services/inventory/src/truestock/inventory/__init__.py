"""Inventory: the source of truth.

Owns: items, variants, the stock ledger, channel listings, held listings, split and change proposals,
counts, attestations, buffers and price rules.
Consumes: importer.listing-imported.v1 (inventory.seed-from-listing), connector.connection.v1
(inventory.follow-connections), validator.sync-validated.v1 (inventory.apply-verdicts).
Emits: InventorySeeded (one answer per import) and InventoryItem (the full state, compacted).
Never: talks to a marketplace, lets an import write stock, overwrites a field that it owns.
"""
