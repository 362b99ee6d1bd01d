"""Stock counts and attestations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.inventory.domain.counting import Count, CountLine
from truestock.inventory.store import rows

INSERT = text(
    """
    INSERT INTO counts (count_id, workspace_id, lines, reason, counted_by, counted_at, state, accepted_by,
                        revision)
    VALUES (:count_id, :workspace_id, CAST(:lines AS jsonb), :reason, :counted_by, :counted_at, :state,
            :accepted_by, :revision)
    ON CONFLICT (count_id) DO UPDATE SET
        state = excluded.state, accepted_by = excluded.accepted_by, revision = excluded.revision
    """
)
LOAD = text(
    """
    SELECT count_id, workspace_id, lines::text AS lines, reason, counted_by, counted_at, accepted_by, revision
    FROM counts WHERE count_id = :id FOR UPDATE
    """
)
ATTEST = text(
    """
    INSERT INTO attestations (attestation_id, workspace_id, statement, attested_by, attested_at, item_ids)
    VALUES (:attestation_id, :workspace_id, :statement, :attested_by, :attested_at, CAST(:items AS uuid[]))
    """
)


async def save(connection: AsyncConnection, count: Count) -> None:
    """Write a count, new or accepted."""
    await connection.execute(
        INSERT,
        {
            "count_id": count.count_id,
            "workspace_id": count.workspace_id,
            "lines": rows.json_text([(ln.variant_id, ln.counted, ln.on_hand) for ln in count.lines]),
            "reason": count.reason,
            "counted_by": count.counted_by,
            "counted_at": count.counted_at,
            "state": "accepted" if count.accepted_by else "open",
            "accepted_by": count.accepted_by,
            "revision": count.revision,
        },
    )


async def load(connection: AsyncConnection, count_id: UUID) -> Count | None:
    """A count, locked."""
    found = await connection.execute(LOAD, {"id": count_id})
    row: Any = found.one_or_none()
    if row is None:
        return None
    return Count(
        row.count_id,
        row.workspace_id,
        tuple(CountLine(UUID(v), counted, on_hand) for v, counted, on_hand in orjson.loads(row.lines)),
        row.reason,
        row.counted_by,
        row.counted_at,
        row.accepted_by,
        row.revision,
    )


async def attest(
    connection: AsyncConnection,
    attestation_id: UUID,
    workspace_id: UUID,
    statement: str,
    by: str,
    at: datetime,
    item_ids: Sequence[UUID],
) -> None:
    """Write down who attested which items, in which words."""
    await connection.execute(
        ATTEST,
        {
            "attestation_id": attestation_id,
            "workspace_id": workspace_id,
            "statement": statement,
            "attested_by": by,
            "attested_at": at,
            "items": sorted(item_ids),
        },
    )
