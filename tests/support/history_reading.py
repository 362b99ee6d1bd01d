"""Read the history of a whole stack: what lies on its topics, and what its databases hold."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg
import orjson
from aiokafka import ConsumerRecord
from support.history import IMPORTED, ITEM, SEEDED, VALIDATED, History, ItemRow, ListingRow, Told, Verdict
from support.journey import Seller
from support.topic_records import ce
from support.topics import everything_on

from truestock.chassis.inbox import event_hash
from truestock.client.models.connector import Connection
from truestock.contracts import topics
from truestock.local.stack import Stack

PAGE = 1000
VERSION_FIELDS = {IMPORTED: "sequence", SEEDED: "sequence", VALIDATED: "version", ITEM: "version"}
_TRACE = ("traceparent", "tracestate")

_VARIANTS = """
SELECT i.item_id::text, i.version, v.variant_id::text, v.on_hand
FROM items i LEFT JOIN variants v USING (item_id)
"""
_MOVEMENTS = "SELECT item_id::text, variant_id::text, kind, quantity FROM movements"
_LISTINGS = """
SELECT connection_id || ':' || listing_id AS key, item_id::text, state, push_allowed, verdict_version
FROM channel_listings
"""
_INBOX = "SELECT consumer, event_hash FROM inbox"
_VERDICTS = "SELECT connection_id || ':' || listing_id AS key, verdict, version FROM verdicts"
_REPORTED = """
SELECT connection_id || ':' || listing_id AS key, verdict, verdict_version AS version FROM batch_row
WHERE inherited_from IS NULL
"""


async def sent_by(connection: Connection, seller: Seller) -> dict[str, Sequence[int]]:
    """The keys of the seller's listings, each with the quantities of its variants."""
    found: dict[str, Sequence[int]] = {}
    address = f"{seller.sandbox}/control/accounts/{seller.name}/listings"
    while True:
        answer = await seller.http.get(address, params={"offset": len(found), "limit": PAGE})
        page = answer.raise_for_status().json()["listings"]
        for listing in page:
            key = f"{connection.connection_id}:{listing['listing_id']}"
            found[key] = [variant["quantity"] for variant in listing["variants"]]
        if len(page) < PAGE:
            return found


async def read_history(
    stack: Stack, sent: Mapping[str, Sequence[int]], touched: Collection[str] = ()
) -> History:
    """All of the stack: nobody else may have used it."""
    bootstrap = stack.broker.bootstrap
    told = await everything_on(bootstrap, VERSION_FIELDS)
    letters = await everything_on(bootstrap, topics.PIPELINE_DEAD_LETTERS)
    inventory, validator, importer = await asyncio.gather(
        _tables(stack, "inventory", _VARIANTS, _MOVEMENTS, _LISTINGS, _INBOX),
        _tables(stack, "validator", _VERDICTS, _INBOX),
        _tables(stack, "importer", _REPORTED, _INBOX),
    )
    variants, movements, listings, seen = inventory
    judged, seen_by_validator = validator
    reported, seen_by_importer = importer
    return History(
        sent=sent,
        told=[_told(record) for record in told if record.value is not None],
        items=_items(variants, movements),
        listings=[ListingRow(*row) for row in listings],
        verdicts=[Verdict(*row) for row in judged],
        reported=[Verdict(*row) for row in reported],
        inbox=[(row[0], bytes(row[1])) for row in (*seen, *seen_by_validator, *seen_by_importer)],
        given_up=[record.key.decode() for record in letters],
        touched=touched,
    )


def _told(record: ConsumerRecord) -> Told:
    event: dict[str, Any] = orjson.loads(record.value)
    own = sorted(header for header in record.headers if header[0] not in _TRACE)
    return Told(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key.decode(),
        event_id=ce(record, "ce_id"),
        content=hashlib.blake2b(record.value + repr(own).encode()).digest(),
        mark=event_hash(ce(record, "ce_source"), ce(record, "ce_id")),
        version=event.get(VERSION_FIELDS[record.topic]),
        cause=event.get("causation_id"),
    )


def _items(variants: Sequence[asyncpg.Record], movements: Sequence[asyncpg.Record]) -> list[ItemRow]:
    on_hand: dict[str, dict[str, int | None]] = defaultdict(dict)
    moved: dict[str, list[tuple[str, str, int | None]]] = defaultdict(list)
    versions = {row["item_id"]: row["version"] for row in variants}
    for row in variants:
        if row["variant_id"] is not None:
            on_hand[row["item_id"]][row["variant_id"]] = row["on_hand"]
    for item_id, *movement in movements:
        moved[item_id].append((movement[0], movement[1], movement[2]))
    return [
        ItemRow(item_id, version, on_hand[item_id], tuple(moved[item_id]))
        for item_id, version in versions.items()
    ]


async def _tables(stack: Stack, service: str, *queries: str) -> list[list[asyncpg.Record]]:
    connection = await asyncpg.connect(stack.superuser_url(service))
    try:
        return [await connection.fetch(query) for query in queries]
    finally:
        await connection.close()
