"""Order per key with several writers and relays: whoever commits, and whoever publishes."""

import asyncio
import random

import pytest
from sqlalchemy import text
from support.broker import NewTopic
from support.relaying import as_system, emit, left, numbers_of, relays
from support.small_service import WORKSPACE, fact, read_all
from support.waiting import eventually

from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls

pytestmark = pytest.mark.kafka

KEYS = [f"key-{n}" for n in range(6)]
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7))")


async def test_a_wake_up_does_not_let_rows_pass_what_another_process_committed_before(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    elsewhere = Database(urls.app, application_name="another process")
    # the sweep would come too late: only the wake-up for the later row brings both
    async with relays(urls, broker, sweep_s=60) as [relay]:
        db.on_emitted(relay.wake)
        await eventually(lambda: relay.is_leader)
        for number in range(0, 60, 3):
            await emit(elsewhere, topic, "k", number, number + 1)
            await emit(db, topic, "k", number + 2)
        records = await read_all(broker.bootstrap, topic, until=60)
    await elsewhere.close()
    assert numbers_of(records, "k") == [*range(60)]


async def test_order_holds_with_many_writers_four_relays_and_sessions_that_end(
    urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic, chance = await new_topic(), random.Random(4)  # noqa: S311  # a seed, not a secret
    counts = dict.fromkeys(KEYS, 0)

    async def write(db: Database, transactions: int) -> None:
        """Transactions on some keys each, under their aggregates' locks; numbers in commit order per key."""
        for _ in range(transactions):
            keys = sorted(chance.sample(KEYS, chance.randint(1, 3)))
            async with db.begin([WORKSPACE]) as tx:
                for key in keys:
                    await tx.connection.execute(LOCK, {"key": key})
                for key in keys * chance.randint(1, 2):
                    tx.emit(fact(key, counts[key], topic=topic))
                    counts[key] += 1

    async def end_sessions() -> None:
        for _ in range(4):
            had = sum(counts.values())
            await eventually(lambda had=had: sum(counts.values()) > had + 60)  # type: ignore[misc]  # bound
            await as_system(
                urls,
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE application_name = 'truestock-relay' AND datname = current_database()",
            )

    async with relays(urls, broker, count=4, batch_rows=20) as running:
        databases = [Database(urls.app, application_name=f"process {n}", pool_size=2) for n in range(4)]
        for db, relay in zip(databases, running, strict=True):
            db.on_emitted(relay.wake)
        await asyncio.gather(end_sessions(), *(write(db, 60) for db in databases for _ in range(2)))

        async def empty() -> bool:
            return await left(urls) == 0

        await eventually(empty, 60)
        await asyncio.gather(*(db.close() for db in databases))
    records = await read_all(broker.bootstrap, topic, until=10**6, timeout_s=5)
    for key in KEYS:
        first_copies = list(dict.fromkeys(numbers_of(records, key)))
        assert first_copies == [*range(counts[key])]
