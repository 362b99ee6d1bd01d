"""How far a batch is, read from the databases: the services may be dead."""

import asyncpg

from truestock.client.models.importer import Batch
from truestock.local.postgres import SERVICES
from truestock.local.stack import Stack

_STATE = "SELECT state FROM batch WHERE batch_id = $1::uuid"
_CLOSED = "SELECT count(*) FROM batch_row WHERE batch_id = $1::uuid AND closed_by IS NOT NULL"
_TAKEN_UP = "SELECT coalesce(bool_and(owner IS NOT NULL), true) FROM work WHERE batch_id = $1::uuid"
_UNSENT = "SELECT count(*) FROM outbox"
_UNJUDGED = "SELECT count(*) FROM channel_listings WHERE verdict_version = 0"


async def is_through(stack: Stack, batch: Batch) -> bool:
    """The batch has ended, nothing waits to be published, and inventory follows every verdict."""
    state = await _value(stack, "importer", _STATE, batch.batch_id)
    assert state in ("completed", "completed_with_findings"), f"{state}: {await closed_rows(stack, batch)}"
    for service in SERVICES:
        unsent = await _value(stack, service, _UNSENT)
        assert unsent == 0, f"{unsent} rows in the outbox of {service}"
    unjudged = await _value(stack, "inventory", _UNJUDGED)
    assert unjudged == 0, f"{unjudged} listings without a verdict"
    return True


async def closed_rows(stack: Stack, batch: Batch) -> int:
    """How many of its rows have come to their end."""
    return int(await _value(stack, "importer", _CLOSED, batch.batch_id))


async def is_taken_up(stack: Stack, batch: Batch) -> bool:
    """Whether a reader has it, or has no need of it any more."""
    return bool(await _value(stack, "importer", _TAKEN_UP, batch.batch_id))


async def _value(stack: Stack, service: str, query: str, *arguments: str) -> "int | str":
    connection = await asyncpg.connect(stack.superuser_url(service))
    try:
        value: int | str = await connection.fetchval(query, *arguments)
        return value
    finally:
        await connection.close()
