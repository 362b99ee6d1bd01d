"""Many rows from several writers that commit out of id order, through two and four relays: order per key."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from support.broker import NewTopic
from support.fault_plan import PLAN, chance
from support.postgres import TestServer
from support.relaying import left, relays
from support.small_service import WORKSPACE, Fact, fact, migrated
from support.topics import everything_on
from support.waiting import eventually

from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls

LIMIT_S = 180 + PLAN.outbox_rows / 50
pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(LIMIT_S, func_only=True)]

WRITERS = 4
KEYS_OF_EACH = 6
ROWS_AT_ONCE = 48
LATE = 0.2
"""So often the slow writer has its numbers and commits only after others that got theirs later."""


@pytest.fixture
async def urls(postgres: TestServer) -> AsyncIterator[DatabaseUrls]:
    """A database of this test alone."""
    async with migrated(postgres) as made:
        yield made


@pytest.mark.parametrize("relay_count", [2, 4])
async def test_relays_publish_every_row_in_order_per_key_whoever_commits_first(
    urls: DatabaseUrls, broker: Broker, new_topic: NewTopic, relay_count: int
) -> None:
    topic, moments = await new_topic("load", partitions=6), chance(f"outbox {relay_count}")
    transactions = PLAN.outbox_rows // (WRITERS * ROWS_AT_ONCE)
    committed: Counter[str] = Counter()

    async def write(name: str, db: Database) -> None:
        keys = [f"{name}-{number}" for number in range(KEYS_OF_EACH)]
        for start in range(0, transactions * ROWS_AT_ONCE, ROWS_AT_ONCE):
            async with db.begin([WORKSPACE]) as tx:
                for number in range(start, start + ROWS_AT_ONCE):
                    tx.emit(fact(keys[number % KEYS_OF_EACH], number, topic=topic))
                await tx.flush()
                if name == slow and moments.random() < LATE:
                    await overtaken()
            committed[name] += 1

    async def overtaken() -> None:
        before = committed.copy()
        await eventually(
            lambda: any(committed[one] > before[one] or committed[one] == transactions for one in swift)
        )

    slow, *swift = writers = [f"writer{number}" for number in range(WRITERS)]
    async with relays(urls, broker, count=relay_count, batch_rows=200) as running:
        databases = [Database(urls.app, application_name=name, pool_size=2) for name in writers]
        for number, db in enumerate(databases):
            db.on_emitted(running[number % relay_count].wake)
        await asyncio.gather(*(write(name, db) for name, db in zip(writers, databases, strict=True)))

        async def empty() -> bool:
            return await left(urls) == 0

        await eventually(empty, LIMIT_S / 2, message="rows stay in the outbox")
        await asyncio.gather(*(db.close() for db in databases))
    told: dict[str, list[int]] = {}
    for record in await everything_on(broker.bootstrap, [topic]):
        told.setdefault(record.key.decode(), []).append(Fact.model_validate_json(record.value).number)
    rows = range(transactions * ROWS_AT_ONCE)
    assert {key: list(dict.fromkeys(numbers)) for key, numbers in told.items()} == {
        f"{name}-{number}": list(rows[number::KEYS_OF_EACH])
        for name in writers
        for number in range(KEYS_OF_EACH)
    }
