"""ListingImported → item, variants (and with ROWS=all movements, listing, journal), two events."""

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson
from bench.handwritten.models import Imported
from bench.handwritten.pipeline import Incoming, Outgoing, Pipeline, first_sight, outgoing, write_outbox

CONSUMER = "inventory.seed-from-listing"
ALL_ROWS = os.environ.get("BENCH_ROWS") == "all"
TOPICS = os.environ.get("BENCH_TOPICS", "")
ITEMS = """
    INSERT INTO items AS i (item_id, workspace_id, version, state, fields, match_key, touches, split_digest)
    SELECT a, b, 1, 'active', c::jsonb, '', 0, ''
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS r (a, b, c) ORDER BY a
    ON CONFLICT (item_id) DO UPDATE SET version = i.version + 1, fields = excluded.fields, updated_at = now()
    RETURNING item_id, version
"""
VARIANTS = """
    INSERT INTO variants (variant_id, workspace_id, item_id, position, sku, gtin, options, on_hand, confirmed,
                          price_amount, price_currency)
    SELECT a, b, c, d, e, f, g::jsonb, h, false, i, j
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[],
                $9::numeric[], $10::text[]) AS r (a, b, c, d, e, f, g, h, i, j) ORDER BY a
    ON CONFLICT (variant_id) DO UPDATE SET sku = excluded.sku, gtin = excluded.gtin,
        on_hand = excluded.on_hand, options = excluded.options, price_amount = excluded.price_amount,
        price_currency = excluded.price_currency
"""
MOVEMENTS = """
    INSERT INTO movements (movement_id, workspace_id, item_id, variant_id, kind, quantity, reason, "by", at)
    SELECT gen_random_uuid(), b, c, a, 'opening', h, 'import', 'import', now()
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) AS r (a, b, c, h)
"""
LISTINGS = """
    INSERT INTO channel_listings (connection_id, listing_id, workspace_id, marketplace, account_id, sequence,
        batch_id, batch_kind, state, item_id, variants, channel, currency_missing, fingerprint, push_allowed,
        proposal_digest, revision)
    SELECT a, b, c, d, e, f, g, h, 'linked', i, j::jsonb, k::jsonb, false, l, false, '', 1
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::uuid[],
                $8::text[], $9::uuid[], $10::text[], $11::text[], $12::text[])
         AS r (a, b, c, d, e, f, g, h, i, j, k, l)
    ORDER BY a, b
    ON CONFLICT (connection_id, listing_id) DO UPDATE SET sequence = excluded.sequence,
        batch_id = excluded.batch_id, channel = excluded.channel, fingerprint = excluded.fingerprint
"""
JOURNAL = """
    INSERT INTO seedings (seeding_id, workspace_id, connection_id, listing_id, batch_id, item_id, outcome,
                          reasons, effects, at)
    SELECT gen_random_uuid(), c, a, b, g, i, 'created', '', '{"created": true}', now()
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[]) AS r (a, b, c, g, i)
"""


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
        states = {key: _state(one.event, key, versions[key]) for key, one in items.items()}
        if ALL_ROWS:
            await _write_more(connection, items, states)
        events = [
            event
            for one in fresh
            for key in [item_id(one.event)]
            for event in _events(one, key, states[key], versions[key])
        ]
        await write_outbox(connection, events)
    return events


def item_id(event: Imported) -> UUID:
    """The same for every import of a listing."""
    return uuid5(event.connection_id, event.listing.listing_id)


async def _write_items(
    connection: "asyncpg.Connection[asyncpg.Record]", items: dict[UUID, Incoming[Imported]]
) -> dict[UUID, int]:
    fields = [_dumps(_shared(one.event)).decode() for one in items.values()]
    workspaces = [one.event.workspace_id for one in items.values()]
    rows = await connection.fetch(ITEMS, list(items), workspaces, fields)
    lines = [
        (
            uuid5(key, str(n)),
            one.event.workspace_id,
            key,
            n,
            variant.sku,
            variant.gtin,
            _dumps([(o.name, o.value) for o in variant.options]).decode(),
            variant.quantity,
            variant.price.amount if variant.price else None,
            variant.price.currency if variant.price else None,
        )
        for key, one in items.items()
        for n, variant in enumerate(one.event.listing.variants)
    ]
    columns = [list(column) for column in zip(*lines, strict=True)]
    await connection.execute(VARIANTS, *columns)
    if ALL_ROWS:
        await connection.execute(MOVEMENTS, columns[0], columns[1], columns[2], columns[7])
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
            _dumps(
                [(v.external_id, uuid5(key, str(n)), v.enabled) for n, v in enumerate(event.listing.variants)]
            ).decode(),
            event.listing.channel.model_dump_json(),
            states[key]["fingerprint"],
        )
        for key, one in items.items()
    ]
    columns = [list(column) for column in zip(*lines, strict=True)]
    await connection.execute(LISTINGS, *columns)
    await connection.execute(JOURNAL, *(columns[n] for n in (0, 1, 2, 6, 8)))


def _shared(event: Imported) -> dict[str, Any]:
    listing = event.listing
    return {
        "title": listing.title,
        "description": listing.description,
        "brand": listing.brand,
        "photos": [{"url": photo.url, "rank": photo.rank} for photo in listing.photos],
        "options": [{"name": option.name, "values": option.values} for option in listing.options],
    }


def _state(event: Imported, key: UUID, version: int) -> dict[str, Any]:
    shared = _shared(event)
    variants = [
        {
            "variant_id": uuid5(key, str(n)),
            "sku": variant.sku,
            "options": [{"name": o.name, "value": o.value} for o in variant.options],
            "available": variant.quantity,
            "on_hand": variant.quantity,
            "price": {"amount": variant.price.amount, "currency": variant.price.currency}
            if variant.price
            else None,
        }
        for n, variant in enumerate(event.listing.variants)
    ]
    return {
        "item_id": key,
        "item_version": version,
        "connection_id": event.connection_id,
        "marketplace": event.marketplace,
        "account_id": event.account_id,
        "listing_id": event.listing.listing_id,
        "fingerprint": hashlib.blake2b(_dumps([shared, variants]), digest_size=16).hexdigest(),
        "shared": shared,
        "variants": variants,
    }


def _events(one: Incoming[Imported], key: UUID, state: dict[str, Any], version: int) -> list[Outgoing]:
    event = one.event
    head = {
        "workspace_id": event.workspace_id,
        "occurred_at": datetime.now(UTC),
        "correlation_id": event.correlation_id,
        "causation_id": one.headers["ce_id"].decode(),
    }
    seeded = {
        **head,
        "connection_id": event.connection_id,
        "marketplace": event.marketplace,
        "account_id": event.account_id,
        "listing_id": event.listing.listing_id,
        "batch_id": event.batch_id,
        "batch_kind": event.batch_kind,
        "sequence": event.sequence,
        "outcome": "created",
        "state": state,
        "evidence": event.evidence.model_dump(),
    }
    variants = [{k: v for k, v in variant.items() if k != "available"} for variant in state["variants"]]
    item = {
        **head,
        "item_id": key,
        "epoch": 1,
        "version": version,
        "shared": state["shared"],
        "variants": variants,
        "channels": [state],
    }
    listing = f"{event.connection_id}:{event.listing.listing_id}"
    return [
        outgoing(
            f"{TOPICS}inventory.inventory-seeded.v1",
            "truestock.inventory.InventorySeeded.v1",
            listing,
            _dumps(seeded),
            one,
        ),
        outgoing(
            f"{TOPICS}inventory.item.v1", "truestock.inventory.InventoryItem.v1", str(key), _dumps(item), one
        ),
    ]


def _dumps(value: Any) -> bytes:
    return orjson.dumps(value, default=_text)


def _text(value: Any) -> str:
    if isinstance(value, Decimal | UUID):  # asyncpg's own UUID class is unknown to orjson
        return str(value)
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    Pipeline(Imported, f"{TOPICS}importer.listing-imported.v1", f"{TOPICS}{CONSUMER}", handle).run()
