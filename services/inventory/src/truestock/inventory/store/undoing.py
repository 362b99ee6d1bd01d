"""The journal that an undo reads, and what it writes besides items and listings."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.inventory.domain.records import JournalEntry
from truestock.inventory.store import rows

ENTRIES = text(
    """
    SELECT seeding_id, workspace_id, connection_id, listing_id, batch_id, item_id, outcome,
           effects::text AS effects, at
    FROM seedings
    WHERE workspace_id = :workspace_id AND connection_id = :connection_id
      AND (CAST(:batch_id AS uuid) IS NULL OR batch_id = :batch_id) AND undone_at IS NULL
    ORDER BY seeding_id
    """
)
MARK = text("UPDATE seedings SET undone_at = :at WHERE seeding_id = ANY (CAST(:ids AS uuid[]))")
UNDONE = text(
    "SELECT result::text FROM undone_batches WHERE batch_id = :batch_id AND connection_id = :connection_id"
)
RECORD = text(
    """
    INSERT INTO undone_batches (batch_id, connection_id, workspace_id, result, at, "by")
    VALUES (:batch_id, :connection_id, :workspace_id, CAST(:result AS jsonb), :at, :by)
    ON CONFLICT (batch_id, connection_id) DO UPDATE SET result = excluded.result
    """
)


async def entries(
    connection: AsyncConnection, workspace_id: UUID, connection_id: UUID, batch_id: UUID | None
) -> list[JournalEntry]:
    """The journal of a batch, or of all batches of a connection, without what was undone already."""
    values = {"workspace_id": workspace_id, "connection_id": connection_id, "batch_id": batch_id}
    return [rows.journal_entry(row) for row in await connection.execute(ENTRIES, values)]


async def mark(connection: AsyncConnection, seeding_ids: Collection[UUID], at: datetime) -> None:
    """These journal lines were taken back."""
    await connection.execute(MARK, {"ids": sorted(seeding_ids), "at": at})


async def recorded(connection: AsyncConnection, batch_id: UUID, connection_id: UUID) -> dict[str, Any] | None:
    """What an earlier undo of the batch did."""
    found = await connection.execute(UNDONE, {"batch_id": batch_id, "connection_id": connection_id})
    result = found.scalar_one_or_none()
    return None if result is None else dict(orjson.loads(result))


async def record(
    connection: AsyncConnection,
    workspace_id: UUID,
    connection_id: UUID,
    batch_id: UUID,
    result: dict[str, Any],
    at: datetime,
    by: str,
) -> None:
    """The batch is undone: later imports of it are rejected."""
    await connection.execute(
        RECORD,
        {
            "batch_id": batch_id,
            "connection_id": connection_id,
            "workspace_id": workspace_id,
            "result": rows.json_text(result),
            "at": at,
            "by": by,
        },
    )
