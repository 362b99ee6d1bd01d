"""The validator: proves each sync against a live read of the marketplace.

Owns: verdicts, findings, the three-sided bases, the workspace's validation tolerances.
Consumes: inventory.inventory-seeded.v1, inventory.item.v1, connector.connection.v1.
Emits: SyncValidated.
Never: writes to a marketplace or to inventory, keeps an access token longer than in memory, or lets
a listing pass that it could not read.
"""
