"""ListingImported → item, variants (with ROWS=all whatever ours writes), two events; verdicts → listings."""

import hashlib
import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import asyncpg
from bench.handwritten import inventory_sql as sql
from bench.handwritten.models import Imported, Validated
from bench.handwritten.pipeline import Incoming, Outgoing, Pipeline, first_sight, run, write_outbox
from bench.handwritten.seeded import TOPICS, channel_keys, dumps, events_of, shared_of, state_of

CONSUMER = "inventory.seed-from-listing"
FOLLOWER = "inventory.apply-verdicts"
ALL_ROWS = os.environ.get("BENCH_ROWS") == "all"


async def handle(
    connection: "asyncpg.Connection[asyncpg.Record]", batch: Sequence[Incoming[Imported]]
) -> list[Outgoing]:
    """One transaction; every listing is an item of its own."""
    workspaces = ",".join({str(one.event.workspace_id) for one in batch})
    async with connection.transaction():
        await connection.execute("SELECT set_config('app.workspaces', $1, true)", workspaces)
        fresh = await first_sight(connection, CONSUMER, batch)
        if not fresh:
            return []
        # the last state per listing wins, and one statement must not meet a row twice
        items = {item_id(one.event): one for one in fresh}
        versions = await _write_items(connection, items)
        states = {key: state_of(one.event, key, versions[key]) for key, one in items.items()}
        if ALL_ROWS:
            await _write_more(connection, items, states)
        events = [
            event
            for one in fresh
            for key in [item_id(one.event)]
            for event in events_of(one, key, states[key], versions[key])
        ]
        await write_outbox(connection, events)
    return events


def item_id(event: Imported) -> UUID:
    """The same for every import of a listing."""
    return uuid5(event.connection_id, event.listing.listing_id)


async def _write_items(
    connection: "asyncpg.Connection[asyncpg.Record]", items: dict[UUID, Incoming[Imported]]
) -> dict[UUID, int]:
    fields = [dumps(shared_of(one.event)).decode() for one in items.values()]
    workspaces = [one.event.workspace_id for one in items.values()]
    rows = await connection.fetch(
        sql.ITEMS, list(items), workspaces, fields, list(map(_match_key, items.values()))
    )
    lines = [
        (
            uuid5(key, str(n)),
            one.event.workspace_id,
            key,
            n,
            variant.sku,
            variant.gtin,
            dumps([(o.name, o.value) for o in variant.options]).decode(),
            variant.quantity,
            variant.price.amount if variant.price else None,
            variant.price.currency if variant.price else None,
        )
        for key, one in items.items()
        for n, variant in enumerate(one.event.listing.variants)
    ]
    columns = [list(column) for column in zip(*lines, strict=True)]
    await connection.execute(sql.VARIANTS, *columns)
    if ALL_ROWS:
        sources = [
            (f"{event.marketplace} listing {event.listing.listing_id}", event.batch_id)
            for event in (one.event for one in items.values())
            for _ in event.listing.variants
        ]
        await connection.execute(
            sql.MOVEMENTS, *(columns[n] for n in (0, 1, 2, 7)), *map(list, zip(*sources, strict=True))
        )
    return {row[0]: row[1] for row in rows}


async def _write_more(
    connection: "asyncpg.Connection[asyncpg.Record]",
    items: dict[UUID, Incoming[Imported]],
    states: dict[UUID, dict[str, Any]],
) -> None:
    lines = [
        (
            (event := one.event).connection_id,
            event.listing.listing_id,
            event.workspace_id,
            event.marketplace,
            event.account_id,
            event.sequence,
            event.batch_id,
            event.batch_kind,
            key,
            dumps(
                [(v.external_id, uuid5(key, str(n)), v.enabled) for n, v in enumerate(event.listing.variants)]
            ).decode(),
            _channel(event),
            states[key]["fingerprint"],
        )
        for key, one in items.items()
    ]
    columns = [list(column) for column in zip(*lines, strict=True)]
    await connection.execute(sql.LISTINGS, *columns)
    await connection.execute(sql.JOURNAL, *(columns[n] for n in (0, 1, 2, 6, 8)))
    claims = {(one.event.workspace_id, key) for one in items.values() for key in _claims(one)}
    await connection.execute(sql.CLAIMS, *map(list, zip(*claims, strict=True)))


def _claims(one: Incoming[Imported]) -> list[str]:
    skus = [f"sku:{variant.sku}" for variant in one.event.listing.variants if variant.sku]
    return [*skus, f"title:{_match_key(one)}"]


def _match_key(one: Incoming[Imported]) -> str:
    return hashlib.blake2b(one.event.listing.title.casefold().encode(), digest_size=16).hexdigest()


def _channel(event: Imported) -> str:
    channel = event.listing.channel
    own: dict[str, Any] = {"url": event.listing.url, "keys": channel_keys(channel), **channel.model_dump()}
    return dumps(own).decode()


async def apply(
    connection: "asyncpg.Connection[asyncpg.Record]", batch: Sequence[Incoming[Validated]]
) -> list[Outgoing]:
    """What was validated as good may be pushed."""
    workspaces = ",".join({str(one.event.workspace_id) for one in batch})
    async with connection.transaction():
        await connection.execute("SELECT set_config('app.workspaces', $1, true)", workspaces)
        lines = [
            (e.connection_id, e.listing_id, e.fingerprint, e.verdict != "failed", e.version)
            for e in (one.event for one in await first_sight(connection, FOLLOWER, batch))
        ]
        if lines:
            await connection.execute(sql.APPLY, *map(list, zip(*lines, strict=True)))
    return []


if __name__ == "__main__":
    pipelines: list[Pipeline[Any]] = [
        Pipeline(Imported, f"{TOPICS}importer.listing-imported.v1", f"{TOPICS}{CONSUMER}", handle)
    ]
    if ALL_ROWS:
        verdicts = f"{TOPICS}validator.sync-validated.v1"
        pipelines.append(Pipeline(Validated, verdicts, f"{TOPICS}{FOLLOWER}", apply, unhurried=True))
    run(*pipelines)
