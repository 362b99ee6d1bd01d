"""What waits for a person, and what a person decided: held listings, splits, proposals."""

from collections.abc import Collection, Sequence
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.contracts.events import ListingImported
from truestock.inventory.domain.records import Decision, Held, Proposal, Split
from truestock.inventory.domain.refining import Difference
from truestock.inventory.store import rows

HELD = text(
    """
    INSERT INTO held (held_id, workspace_id, connection_id, listing_id, batch_id, code, reason, candidates,
                      imported, state, revision)
    SELECT a, b, c, d, e, f, g, coalesce(string_to_array(nullif(h, ''), ','), '{}')::uuid[], i, 'open', 1
    FROM unnest(CAST(:a AS uuid[]), CAST(:b AS uuid[]), CAST(:c AS uuid[]), CAST(:d AS text[]),
                CAST(:e AS uuid[]), CAST(:f AS text[]), CAST(:g AS text[]), CAST(:h AS text[]),
                CAST(:i AS text[])) AS r (a, b, c, d, e, f, g, h, i)
    """
)
SPLITS = text(
    """
    INSERT INTO splits (split_id, workspace_id, item_id, variant_id, connection_id, listing_id, batch_id,
                        option_name, option_values, evidence, state, revision)
    SELECT a, b, c, d, e, f, g, h, ARRAY(SELECT jsonb_array_elements_text(i::jsonb)), j, 'open', 1
    FROM unnest(CAST(:a AS uuid[]), CAST(:b AS uuid[]), CAST(:c AS uuid[]), CAST(:d AS uuid[]),
                CAST(:e AS uuid[]), CAST(:f AS text[]), CAST(:g AS uuid[]), CAST(:h AS text[]),
                CAST(:i AS text[]), CAST(:j AS text[])) AS r (a, b, c, d, e, f, g, h, i, j)
    """
)
PROPOSALS = text(
    """
    INSERT INTO proposals (proposal_id, workspace_id, item_id, connection_id, listing_id, batch_id,
                           differences, state, revision)
    SELECT a, b, c, d, e, f, g::jsonb, 'open', 1
    FROM unnest(CAST(:a AS uuid[]), CAST(:b AS uuid[]), CAST(:c AS uuid[]), CAST(:d AS uuid[]),
                CAST(:e AS text[]), CAST(:f AS uuid[]), CAST(:g AS text[])) AS r (a, b, c, d, e, f, g)
    """
)
PROPOSAL = text(
    """
    SELECT proposal_id, workspace_id, item_id, connection_id, listing_id, batch_id,
           differences::text AS differences, state, revision
    FROM proposals WHERE proposal_id = :id
    """
)
_CLOSE = """
    UPDATE {table} SET state = :state, revision = revision + 1,
                       decision = coalesce(CAST(:decision AS text), decision)
    WHERE {key} = ANY (CAST(:ids AS uuid[])) AND state = ANY (CAST(:from_states AS text[]))
"""
CLOSE = (
    text(_CLOSE.format(table="held", key="held_id")),
    text(_CLOSE.format(table="splits", key="split_id")),
    text(_CLOSE.format(table="proposals", key="proposal_id")),
)


async def add_held(connection: AsyncConnection, new: Sequence[Held]) -> None:
    """Held listings with their imports."""
    if new:
        await connection.execute(
            HELD,
            {
                "a": [h.held_id for h in new],
                "b": [h.imported.workspace_id for h in new],
                "c": [h.imported.connection_id for h in new],
                "d": [h.imported.listing.listing_id for h in new],
                "e": [h.imported.batch_id for h in new],
                "f": [h.code for h in new],
                "g": [h.reason for h in new],
                "h": [",".join(map(str, h.candidates)) for h in new],
                "i": [h.imported.model_dump_json() for h in new],
            },
        )


async def add_splits(connection: AsyncConnection, new: Sequence[Split]) -> None:
    """Split proposals."""
    if new:
        await connection.execute(
            SPLITS,
            {
                "a": [s.split_id for s in new],
                "b": [s.workspace_id for s in new],
                "c": [s.item_id for s in new],
                "d": [s.variant_id for s in new],
                "e": [s.connection_id for s in new],
                "f": [s.listing_id for s in new],
                "g": [s.batch_id for s in new],
                "h": [s.option_name for s in new],
                "i": [rows.json_text(s.values) for s in new],
                "j": [s.evidence for s in new],
            },
        )


async def add_proposals(connection: AsyncConnection, new: Sequence[Proposal]) -> None:
    """Change proposals with their differences."""
    if new:
        await connection.execute(
            PROPOSALS,
            {
                "a": [p.proposal_id for p in new],
                "b": [p.workspace_id for p in new],
                "c": [p.item_id for p in new],
                "d": [p.connection_id for p in new],
                "e": [p.listing_id for p in new],
                "f": [p.batch_id for p in new],
                "g": [rows.json_text([_difference_json(d) for d in p.differences]) for p in new],
            },
        )


async def close(
    connection: AsyncConnection,
    ids: Collection[UUID],
    state: Decision,
    *,
    decision: str | None = None,
    only: Collection[Decision] = (Decision.OPEN,),
) -> None:
    """Move held listings, splits and proposals to ``state``, wherever their ids are found."""
    if not ids:
        return
    for statement in CLOSE:
        await connection.execute(
            statement,
            {
                "ids": sorted(ids),
                "state": state.value,
                "decision": decision,
                "from_states": [each.value for each in only],
            },
        )


async def held(connection: AsyncConnection, held_ids: Collection[UUID]) -> dict[UUID, Held]:
    """Held listings. Not locked: whoever changes one holds the lock of its channel listing."""
    found = await connection.execute(
        text("SELECT * FROM held WHERE held_id = ANY (CAST(:ids AS uuid[]))"),
        {"ids": sorted(held_ids)},
    )
    return {
        row.held_id: Held(
            row.held_id,
            ListingImported.model_validate_json(row.imported, extra="ignore"),
            row.code,
            row.reason,
            tuple(row.candidates),
            Decision(row.state),
            row.revision,
        )
        for row in found
    }


async def split(connection: AsyncConnection, split_id: UUID) -> Split | None:
    """A split proposal. Not locked: whoever changes it holds the lock of its item."""
    row = (
        await connection.execute(text("SELECT * FROM splits WHERE split_id = :id"), {"id": split_id})
    ).one_or_none()
    if row is None:
        return None
    return Split(
        row.split_id,
        row.workspace_id,
        row.item_id,
        row.variant_id,
        row.connection_id,
        row.listing_id,
        row.batch_id,
        row.option_name,
        tuple(row.option_values),
        row.evidence,
        Decision(row.state),
        row.revision,
    )


async def proposal(connection: AsyncConnection, proposal_id: UUID) -> Proposal | None:
    """A change proposal. Not locked: whoever changes it holds the lock of its item."""
    row = (await connection.execute(PROPOSAL, {"id": proposal_id})).one_or_none()
    if row is None:
        return None
    return Proposal(
        row.proposal_id,
        row.workspace_id,
        row.item_id,
        row.connection_id,
        row.listing_id,
        row.batch_id,
        tuple(_difference(each) for each in orjson.loads(row.differences)),
        Decision(row.state),
        row.revision,
    )


def _difference_json(difference: Difference) -> dict[str, object]:
    return {
        "key": difference.key,
        "inventory": difference.inventory,
        "marketplace": difference.marketplace,
        "acceptable": difference.acceptable,
        "value": difference.value,
        "variant_id": difference.variant_id,
    }


def _difference(body: dict[str, object]) -> Difference:
    variant_id = body["variant_id"]
    return Difference(
        key=str(body["key"]),
        inventory=None if body["inventory"] is None else str(body["inventory"]),
        marketplace=None if body["marketplace"] is None else str(body["marketplace"]),
        acceptable=bool(body["acceptable"]),
        value=body["value"],
        variant_id=UUID(str(variant_id)) if variant_id else None,
    )
