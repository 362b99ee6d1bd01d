"""Which items a command is about: ids only, the locks come with loading."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

OF_VARIANTS = text(
    """
    SELECT v.variant_id, v.item_id FROM variants v JOIN items i USING (item_id)
    WHERE v.variant_id = ANY (CAST(:ids AS uuid[])) AND NOT v.retired AND i.state = 'active'
    """
)
OF_CONNECTIONS = text(
    """
    SELECT DISTINCT item_id FROM channel_listings
    WHERE workspace_id = :workspace_id AND item_id IS NOT NULL
      AND (connection_id = ANY (CAST(:connections AS uuid[]))
           OR marketplace = ANY (CAST(:marketplaces AS text[])))
    ORDER BY item_id
    """
)
OF_BATCH = text(
    """
    SELECT DISTINCT s.item_id FROM seedings s JOIN items i ON i.item_id = s.item_id AND i.state = 'active'
    WHERE s.workspace_id = :workspace_id AND s.batch_id = :batch_id AND s.undone_at IS NULL
    ORDER BY s.item_id
    """
)


async def item_ids_of_variants(
    connection: AsyncConnection, variant_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """variant id → item id, for sellable variants of active items."""
    found = await connection.execute(OF_VARIANTS, {"ids": sorted(variant_ids)})
    return {row.variant_id: row.item_id for row in found}


async def item_ids_of_channels(
    connection: AsyncConnection,
    workspace_id: UUID,
    connections: Collection[UUID],
    marketplaces: Collection[str] = (),
) -> list[UUID]:
    """Items that these connections, or any connection of these marketplaces, list."""
    found = await connection.execute(
        OF_CONNECTIONS,
        {
            "workspace_id": workspace_id,
            "connections": sorted(connections),
            "marketplaces": sorted(marketplaces),
        },
    )
    return list(found.scalars())


async def item_ids_of_batch(connection: AsyncConnection, workspace_id: UUID, batch_id: UUID) -> list[UUID]:
    """Active items that a batch's listings led to."""
    found = await connection.execute(OF_BATCH, {"workspace_id": workspace_id, "batch_id": batch_id})
    return list(found.scalars())
