"""The outbox and its relay: nothing lost, order kept, a row that cannot leave holds back its key only."""

import asyncio

import asyncpg
import pytest
from support.broker import NewTopic
from support.relaying import emit, left, numbers_of, relays
from support.small_service import WORKSPACE, fact, read_all
from support.waiting import eventually

from truestock.chassis.consumer.decode import decode_removal
from truestock.chassis.outbox.rows import ROWS_PER_STATEMENT
from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls

pytestmark = pytest.mark.kafka


async def test_what_was_emitted_before_the_relay_ran_leaves_in_order(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    for n in range(0, 1200, 100):
        await emit(db, topic, f"k{n % 300}", *range(n, n + 100))
    async with relays(urls, broker):
        records = await read_all(broker.bootstrap, topic, until=1200)

        async def empty() -> bool:
            return await left(urls) == 0

        await eventually(empty)
    assert len(records) == 1200
    for about in ("k0", "k100", "k200"):
        assert numbers_of(records, about) == sorted(numbers_of(records, about))


async def test_a_transaction_of_more_rows_than_one_statement_takes_leaves_whole_and_in_order(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic, count = await new_topic(), 2 * ROWS_PER_STATEMENT + 1
    await emit(db, topic, "k", *range(count))
    async with relays(urls, broker):
        records = await read_all(broker.bootstrap, topic, until=count)
    assert numbers_of(records, "k") == [*range(count)]


async def test_a_transaction_that_commits_late_is_not_passed_over(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    async with relays(urls, broker):
        async with db.begin([WORKSPACE]) as late:
            late.emit(fact("late", 1, topic=topic))
            await late.flush()
            await emit(db, topic, "early", 2)
            [first] = await read_all(broker.bootstrap, topic, until=1)
            assert first.key == b"early"
        records = await read_all(broker.bootstrap, topic, until=2)
    assert {record.key for record in records} == {b"early", b"late"}


async def test_a_rolled_back_transaction_emits_nothing(db: Database, urls: DatabaseUrls) -> None:
    class Undo(Exception):
        """Ends the transaction."""

    async def undo() -> None:
        async with db.begin([WORKSPACE]) as tx:
            tx.emit(fact("undone", 1))
            await tx.flush()
            raise Undo

    with pytest.raises(Undo):
        await undo()
    assert await left(urls) == 0


async def test_two_relays_publish_once_and_in_order_and_one_takes_over(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    async with relays(urls, broker, count=2) as running:
        await eventually(lambda: any(relay.is_leader for relay in running))
        assert sum(relay.is_leader for relay in running) == 1
        follower = next(relay for relay in running if not relay.is_leader)
        leader = next(relay for relay in running if relay.is_leader)
        for n in range(50):
            await emit(db, topic, f"k{n % 3}", n)
            follower.wake()
        records = await read_all(broker.bootstrap, topic, until=50)
        await leader.stop()
        await eventually(lambda: follower.is_leader)
        await emit(db, topic, "k0", 99)
        records = await read_all(broker.bootstrap, topic, until=51)
    assert len(records) == 51
    for about in ("k0", "k1", "k2"):
        assert numbers_of(records, about) == sorted(numbers_of(records, about))


async def test_an_oversized_row_parks_its_key_and_only_its_key(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    await emit(db, topic, "large", 1)
    await emit(db, topic, "large", 2, padding="x" * 40_000)
    await emit(db, topic, "large", 3)
    await emit(db, topic, "small", 1, 2, 3)
    async with relays(urls, broker, max_message_bytes=20_000):
        records = await read_all(broker.bootstrap, topic, until=4)

        async def parked() -> bool:
            return await left(urls) == 2

        await eventually(parked)
        await emit(db, topic, "large", 4)
        await emit(db, topic, "small", 4)
        records = await read_all(broker.bootstrap, topic, until=5)
    assert numbers_of(records, "large") == [1]
    assert numbers_of(records, "small") == [1, 2, 3, 4]
    connection = await asyncpg.connect(urls.system)
    rows = await connection.fetch("SELECT parked_reason FROM outbox WHERE parked_at IS NOT NULL")
    await connection.close()
    assert [row["parked_reason"] for row in rows] == ["larger than 20000 bytes"]


async def test_large_rows_up_to_the_limit_leave(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    await emit(db, topic, "huge", 1, padding="x" * 3_000_000)
    await emit(db, topic, "huge", 2, 3, padding="y" * 500_000)
    async with relays(urls, broker):
        records = await read_all(broker.bootstrap, topic, until=3)
    assert numbers_of(records, "huge") == [1, 2, 3]


async def test_a_tombstone_has_a_key_and_no_value(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    async with db.begin([WORKSPACE]) as tx:
        tx.emit_tombstone(topic, "gone", workspace_id=WORKSPACE)
    async with relays(urls, broker):
        [record] = await read_all(broker.bootstrap, topic, until=1)
    assert (record.key, record.value) == (b"gone", None)
    removal = decode_removal(record, (None, None))
    assert removal is not None
    assert (removal.key, removal.workspace_id) == (b"gone", WORKSPACE)


async def test_the_relay_survives_the_loss_of_its_session(
    db: Database, urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    async with relays(urls, broker) as [relay]:
        await eventually(lambda: relay.is_leader)
        connection = await asyncpg.connect(urls.system)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'truestock-relay' AND datname = current_database()"
        )
        await connection.close()
        await asyncio.gather(*(emit(db, topic, f"k{n}", n) for n in range(5)))
        records = await read_all(broker.bootstrap, topic, until=5)
    assert len(records) == 5
