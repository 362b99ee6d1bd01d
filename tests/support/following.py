"""What must be true of a consumer that only follows: it handled each event, once, and stands behind it."""

from collections.abc import Sequence
from itertools import groupby

import asyncpg
from aiokafka import ConsumerRecord
from prometheus_client.parser import text_string_to_metric_families
from support.journey import Business
from support.pipeline import assert_repeated_only_byte_for_byte
from support.tampering import handled
from support.topic_records import ce, left_by_key, records_of

from truestock.chassis.inbox import event_hash
from truestock.client.models.connector import Connection
from truestock.client.models.inventory import Item
from truestock.contracts import topics
from truestock.local.postgres import SERVICES
from truestock.local.stack import Stack

COPIES = {
    "importer": "SELECT state, version FROM connection WHERE connection_id = $1::uuid",
    "validator": "SELECT state, version FROM connections WHERE connection_id = $1::uuid",
}
"""How the services that keep a copy of a connection tell it."""


async def about(business: Business, topic: str, connection: Connection) -> list[ConsumerRecord]:
    """The records whose key is the connection."""
    key = connection.connection_id.encode()
    return await records_of(business.stack.broker.bootstrap, topic, lambda r: bool(r.key == key), at_least=1)


async def stands_behind(stack: Stack, group: str, records: Sequence[ConsumerRecord]) -> None:
    """The group has committed its offsets past these records, however often it had to read them."""
    ends = {record.partition: record.offset + 1 for record in records}
    await handled(stack.broker.bootstrap, group, records[0].topic, ends)


async def each_was_handled(stack: Stack, group: str, records: Sequence[ConsumerRecord]) -> None:
    """Its transaction committed for every event: the inbox remembers each, and the offsets are past it."""
    await stands_behind(stack, group, records)
    hashes = {event_hash(ce(record, "ce_source"), ce(record, "ce_id")) for record in records}
    database = await asyncpg.connect(stack.superuser_url(group.partition(".")[0]))
    try:
        remembered = await database.fetchval(
            "SELECT count(*) FROM inbox WHERE consumer = $1 AND event_hash = ANY ($2::bytea[])", group, hashes
        )
    finally:
        await database.close()
    assert remembered == len(hashes), f"{group} handled {remembered} of {len(hashes)} events"


async def copies_agree(business: Business, connection: Connection) -> None:
    """Every service that keeps a copy of the connection has its newest state."""
    for service, query in COPIES.items():
        database = await asyncpg.connect(business.stack.superuser_url(service))
        try:
            found = await database.fetchrow(query, connection.connection_id)
        finally:
            await database.close()
        assert tuple(found) == (connection.state, connection.revision), service


async def batch_events(business: Business, connection: Connection) -> list[str]:
    """The types of the connection's batch events, in order; each left once, versions of a batch growing."""
    left = await left_by_key(
        business.stack.broker.bootstrap,
        topics.IMPORT_BATCH.name,
        lambda r: bool(r.key == connection.connection_id.encode()),
        keys=1,
    )
    assert_repeated_only_byte_for_byte(left)
    [told] = left.values()
    versions: dict[str, list[int]] = {}
    for event in told.events:
        versions.setdefault(event["batch_id"], []).append(event["version"])
    for seen in versions.values():
        assert seen == list(range(1, len(seen) + 1))
    return [ce(records[0], "ce_type").split(".")[-2] for records in told.records.values()]


async def listings_went(business: Business, items: Sequence[Item], *linked: bool) -> None:
    """The items' states tell that their listings were linked or not in this order, each change once.

    Versions grow by one with every state.
    """
    ids = {item.item_id for item in items}
    left = await left_by_key(
        business.stack.broker.bootstrap,
        topics.ITEM.name,
        lambda r: bool(r.key.decode() in ids),
        keys=len(ids),
    )
    assert_repeated_only_byte_for_byte(left)
    for item_id, told in left.items():
        went = [is_linked for is_linked, _ in groupby(bool(event["channels"]) for event in told.events)]
        assert went == list(linked), f"item {item_id}: {went}"
        versions = [event["version"] for event in told.events]
        assert versions == list(range(1, len(versions) + 1)), f"item {item_id}: {versions}"


async def groups_of(business: Business) -> set[str]:
    """The consumer groups that the running services themselves say they have."""
    found: set[str] = set()
    for service in SERVICES:
        answer = await business.http.get(f"{business.stack[service].url}/metrics")
        mine = {
            sample.labels["group"]
            for family in text_string_to_metric_families(answer.text)
            if family.name == "truestock_consumer_lag_seconds"
            for sample in family.samples
        }
        assert mine, f"{service} names no consumer group"
        found |= mine
    return found
