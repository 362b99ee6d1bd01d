"""Events from a newer version and from a clock that is wrong: accepted, and counted once."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from support.broker import NewTopic
from support.journey import Business
from support.pipeline import LISTINGS, no_dead_letters, settled, shop
from support.postgres import TestServer
from support.shared_group import PARTITIONS, SharedGroup, key_of, shared_group
from support.small_service import fact, record_headers
from support.tampering import handled
from support.topic_records import records_of

from truestock.chassis.kafka import create_producer
from truestock.contracts import topics
from truestock.local.broker import Broker

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(200, func_only=True)]

IMPORTED = topics.LISTING_IMPORTED.name
JUMPS = (timedelta(days=-4000), timedelta(days=-2), timedelta(0), timedelta(days=2), timedelta(days=4000))


@pytest.fixture
async def shared(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> AsyncIterator[SharedGroup]:
    """A group without members and an empty topic."""
    async with shared_group(postgres, broker, new_topic, tmp_path) as made:
        yield made


async def test_an_event_of_a_newer_version_with_unknown_fields_and_values_is_accepted(
    business: Business,
) -> None:
    connection = await business.connect(await business.seller(shop("newer")))
    await settled(business, await business.import_(connection, "sample", size=LISTINGS))
    bootstrap, mine = business.stack.broker.bootstrap, connection.connection_id.encode()
    [record, *_] = await records_of(
        bootstrap, IMPORTED, lambda r: bool(r.key.startswith(mine)), at_least=LISTINGS
    )
    event = json.loads(record.value)
    event |= {"sequence": 2, "batch_kind": "trickle", "priority": {"of": "a newer version"}}
    event["listing"] |= {"title": "Renamed by a newer version", "mood": "new"}
    event["listing"]["variants"][0] |= {"hologram": True}
    headers = [(name, value) for name, value in record.headers if name != "ce_id"]
    producer = create_producer(bootstrap, client_id="test")
    await producer.start()
    sent = await producer.send_and_wait(
        IMPORTED,
        json.dumps(event).encode(),
        record.key,
        headers=[*headers, ("ce_id", str(uuid4()).encode())],
    )
    await producer.stop()

    await handled(bootstrap, "inventory.seed-from-listing", IMPORTED, {sent.partition: sent.offset + 1})
    outcomes = await records_of(
        bootstrap,
        topics.INVENTORY_SEEDED.name,
        lambda r: bool(r.key == record.key) and json.loads(r.value)["sequence"] == 2,
        at_least=1,
    )
    assert len(outcomes) == 1
    await no_dead_letters(business, connection)


async def test_events_of_a_clock_that_jumps_count_once_and_keep_their_order(shared: SharedGroup) -> None:
    """Each comes again: the inbox looks on the day that the event names, whatever day it is."""
    numbers = range(100, 140)
    headers = {}
    for number in numbers:
        event = fact(key_of(number), number)
        time = datetime.now(UTC) + JUMPS[number // len(PARTITIONS) % len(JUMPS)]
        headers[number] = [
            (name, time.isoformat().encode() if name == "ce_time" else value)
            for name, value in record_headers(event)
        ]
    async with shared.member():
        for _ in range(2):
            for number in numbers:
                value = fact(key_of(number), number).model_dump_json().encode()
                await deliver(shared, number, value, headers[number])
            await shared.all_done(*numbers)
    await shared.published_once()


async def deliver(shared: SharedGroup, number: int, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    """One record of a number."""
    partition = number % len(PARTITIONS)
    offset = await shared.sent.raw(partition, value, key_of(number).encode(), headers)
    shared.sent.numbers[partition, offset] = number
