"""What holds rows up, and for whom: a missing topic, a parked key, a leader that froze."""

import asyncpg
import pytest
from support.broker import NewTopic
from support.relaying import Hiding, as_system, emit, left, numbers_of, relays
from support.small_service import read_all
from support.waiting import eventually

from truestock.chassis import metrics
from truestock.chassis.outbox.claim import APPLICATION, RELAY_LOCK
from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls

pytestmark = pytest.mark.kafka


async def test_a_missing_topic_holds_up_its_own_rows_only_and_until_it_is_there(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    missing, there = await new_topic("missing"), await new_topic("there")
    unknown = {missing}
    # more than one claim, and older than what must pass
    await emit(db, missing, "k", *range(7))
    async with relays(urls, broker, batch_rows=5, wrap=lambda real: Hiding(real, unknown)) as [relay]:
        db.on_emitted(relay.wake)
        await emit(db, there, "k", 1, 2)
        await emit(db, there, "k", 3)
        records = await read_all(broker.bootstrap, there, until=3)
        assert numbers_of(records, "k") == [1, 2, 3]
        held = metrics.OUTBOX_HELD.labels(missing)
        await eventually(lambda: held._value.get() == 1)
        assert metrics.OUTBOX_AGE._value.get() > 0
        unknown.clear()
        records = await read_all(broker.bootstrap, missing, until=7, timeout_s=40)
        assert numbers_of(records, "k") == [*range(7)]
        await eventually(lambda: held._value.get() == 0)

        async def empty() -> bool:
            return await left(urls) == 0

        await eventually(empty)


async def test_a_parked_row_that_was_corrected_leaves_as_it_is_in_the_table(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    async with relays(urls, broker, max_message_bytes=20_000) as [relay]:
        db.on_emitted(relay.wake)
        await eventually(lambda: relay.is_leader)
        await emit(db, topic, "large", 1, padding="x" * 40_000)
        await emit(db, topic, "large", 2)

        async def is_parked() -> bool:
            return bool(await as_system(urls, "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"))

        await eventually(is_parked)
        await as_system(
            urls,
            "UPDATE outbox SET parked_at = NULL, payload = convert_to(replace("
            " convert_from(payload, 'UTF8'), repeat('x', 40000), 'short'), 'UTF8')"
            " WHERE parked_at IS NOT NULL",
        )
        records = await read_all(broker.bootstrap, topic, until=2)
    assert numbers_of(records, "large") == [1, 2]
    assert b"short" in records[0].value


async def test_a_row_before_a_parked_one_of_its_key_still_leaves(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    await emit(db, topic, "k", 1, 2, 3)
    await as_system(
        urls,
        "UPDATE outbox SET parked_at = now()"
        " WHERE seq = (SELECT seq FROM outbox ORDER BY seq OFFSET 1 LIMIT 1)",
    )
    async with relays(urls, broker):
        records = await read_all(broker.bootstrap, topic, until=1)

        async def only_the_parked_one_and_the_later_one() -> bool:
            return await left(urls) == 2

        await eventually(only_the_parked_one_and_the_later_one)
    assert numbers_of(records, "k") == [1]


async def test_a_leader_that_froze_loses_its_lock(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    frozen = await asyncpg.connect(urls.system, server_settings={"application_name": APPLICATION})
    assert await frozen.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK)
    await emit(db, topic, "k", 1)
    async with relays(urls, broker, frozen_s=1.0) as [relay]:
        records = await read_all(broker.bootstrap, topic, until=1)
        assert relay.is_leader
    assert numbers_of(records, "k") == [1]
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await frozen.fetchval("SELECT 1")
    frozen.terminate()


async def test_a_leader_with_nothing_to_do_keeps_its_lock(
    urls: DatabaseUrls, broker: Broker, db: Database, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    async with relays(urls, broker, count=2, frozen_s=1.0) as running:
        await eventually(lambda: any(relay.is_leader for relay in running))
        [leader] = [relay for relay in running if relay.is_leader]
        session = "SELECT l.pid FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted"
        before = await as_system(urls, session)
        # several times the limit: rows by rows, each after a sweep without any
        for number in range(12):
            await emit(db, topic, "k", number)
            await read_all(broker.bootstrap, topic, until=number + 1)
        assert leader.is_leader
        assert await as_system(urls, session) == before
