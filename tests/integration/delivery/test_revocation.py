"""Partitions are taken away in the middle of a batch: nothing unfinished is passed, nothing done twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg
import pytest
from support.broker import NewTopic
from support.group_watch import GroupWatch, Sent
from support.postgres import TestServer
from support.small_service import (
    WORKSPACE,
    Fact,
    SmallService,
    fact,
    migrated,
    settings,
    small_service,
    stored_numbers,
)
from support.topic_records import any_record, records_of
from support.waiting import eventually

from truestock.chassis.deadletters import topic_of
from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(150, func_only=True)]

PARTITIONS = range(4)
FIRST, LATER = range(100, 120), range(200, 220)
NOT_JSON = b"no fact"


@dataclass
class Shared:
    """A group that may have several members, and what its topic holds."""

    urls: DatabaseUrls
    bootstrap: str
    outgoing: str
    watch: GroupWatch

    @property
    def sent(self) -> Sent:
        """What was sent."""
        return self.watch.sent

    async def send(self, numbers: range) -> None:
        """These numbers, dealt out to the partitions; the key is the partition's."""
        for number in numbers:
            partition = number % len(PARTITIONS)
            await self.sent.facts(partition, fact(f"k{partition}", number))

    async def poison_each(self) -> None:
        """A record that is no fact for every partition."""
        for partition in PARTITIONS:
            await self.sent.raw(partition, NOT_JSON, f"k{partition}".encode(), [])

    @asynccontextmanager
    async def member(self) -> AsyncIterator[SmallService]:
        """One more process's worth of the group."""
        opened = Database(self.urls.app, application_name="member", system_url=self.urls.system)
        config = settings(self.urls, self.bootstrap, consumer_session_timeout_s=6.0)
        group, incoming = self.watch.group, self.sent.topic
        try:
            async with small_service(
                opened, config, group=group, incoming=incoming, outgoing=self.outgoing
            ) as parts:
                parts.follower.transient.clear()
                yield parts
        finally:
            await opened.close()

    async def some_partition_is_done(self) -> bool:
        """Whether the group has come to the end of one."""
        done, ends = await self.watch.look(), self.sent.ends()
        return any(done[partition] == ends[partition] for partition in PARTITIONS)

    async def all_done(self, *numbers: int) -> None:
        """Every offset is committed, every fact is stored, and each has left once, in order."""

        async def committed() -> bool:
            assert await self.watch.look() == self.sent.ends()
            return True

        await eventually(committed, 40, message="the group does not come to its end")
        assert await stored_numbers(self.urls) == sorted(numbers)
        left = await records_of(self.bootstrap, self.outgoing, any_record, at_least=len(numbers))
        by_key: dict[str, list[int]] = {}
        for record in left:
            by_key.setdefault(record.key.decode(), []).append(Fact.model_validate_json(record.value).number)
        assert by_key == {
            f"k{partition}": sorted(number for number in numbers if number % len(PARTITIONS) == partition)
            for partition in PARTITIONS
        }


@pytest.fixture
async def shared(postgres: TestServer, broker: Broker, new_topic: NewTopic) -> AsyncIterator[Shared]:
    """No member yet; the first numbers wait for one."""
    incoming, outgoing = await new_topic("moved", partitions=len(PARTITIONS)), await new_topic("done")
    group = f"{incoming}.follow"
    await new_topic(exactly=topic_of(group), partitions=1)
    async with (
        migrated(postgres) as urls,
        Sent.by_a_stranger(broker.bootstrap, incoming) as sent,
        GroupWatch.of(broker.bootstrap, group, sent, lambda: stored_numbers(urls)) as watch,
    ):
        made = Shared(urls, broker.bootstrap, outgoing, watch)
        await made.send(FIRST)
        yield made


class RowLock:
    """Somebody else's open transaction that has written one of the facts: whoever writes it waits."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._transaction = connection.transaction()

    @classmethod
    @asynccontextmanager
    async def on(cls, urls: DatabaseUrls, number: int) -> AsyncIterator["RowLock"]:
        """Held until it is released."""
        connection = await asyncpg.connect(urls.owner)
        try:
            lock = cls(connection)
            await lock._transaction.start()
            await connection.execute("SELECT set_config('app.workspaces', $1, true)", str(WORKSPACE))
            await connection.execute(
                "INSERT INTO facts (workspace_id, key, number) VALUES ($1, $2, $3)",
                *(WORKSPACE, f"k{number % len(PARTITIONS)}", number),
            )
            yield lock
        finally:
            await connection.close()

    async def is_waited_for(self) -> bool:
        """Whether somebody is inside a batch that needs it."""
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        return bool(await self._connection.fetchval(waiting))

    async def release(self) -> None:
        """As if it had never been."""
        await self._transaction.rollback()


async def test_a_batch_that_ends_in_time_is_committed_and_not_read_again(
    shared: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    async with RowLock.on(shared.urls, FIRST[10]) as lock, shared.member() as first:
        await eventually(lock.is_waited_for, message="no batch comes to the locked row")
        async with shared.member() as second:
            noticed = f"group {shared.watch.group} because it is rebalancing"
            await eventually(lambda: noticed in caplog.text, message="the first member hears of no rebalance")
            assert set((await shared.watch.look()).values()) == {0}
            await lock.release()
            await eventually(lambda: not second.runner.unassigned, message="the second member gets nothing")
            await shared.send(LATER)
            await shared.all_done(*FIRST, *LATER)
            assert second.follower.seen, "the second member has nothing to do"
            handled = [n for one in (first, second) for batch in one.follower.seen for n in batch]
            assert sorted(handled) == [*FIRST, *LATER]


async def test_a_batch_that_takes_longer_is_dropped_and_read_by_the_next_owner(shared: Shared) -> None:
    async with RowLock.on(shared.urls, FIRST[10]) as lock, shared.member() as first:
        await eventually(lock.is_waited_for, message="no batch comes to the locked row")
        [dropped] = first.follower.seen
        async with shared.member() as second:
            await eventually(lambda: not second.runner.unassigned, message="the second member gets nothing")
            await shared.send(LATER)

            await eventually(shared.some_partition_is_done, message="one locked row holds up all partitions")
            await lock.release()
            await shared.all_done(*FIRST, *LATER)
            again = {number for batch in second.follower.seen for number in batch}
            assert set(dropped) & again, "the second member was to read what the first one dropped"


async def test_a_batch_that_comes_back_after_its_partitions_have_moved_changes_nothing(
    shared: Shared,
) -> None:
    """Its effects are committed; its offsets and dead letters are not its to write any more."""
    released, holding = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        holding.set()
        while not released.is_set():
            with suppress(asyncio.CancelledError):  # a call that cannot be broken off
                await released.wait()

    await shared.poison_each()
    async with shared.member() as first:
        first.follower.committed = hold
        await eventually(holding.is_set, message="no batch is handled")
        stale = set(first.follower.seen[0])
        assert stale == {*FIRST}
        async with shared.member() as second:
            await eventually(lambda: not second.runner.unassigned, message="the second member gets nothing")
            await shared.send(LATER)

            await eventually(shared.some_partition_is_done, message="the second member does not go on")
            first.follower.committed = None
            released.set()
            await shared.all_done(*FIRST, *LATER)
    letters = await records_of(
        shared.bootstrap, topic_of(shared.watch.group), any_record, at_least=len(PARTITIONS)
    )
    assert sorted(letter.key.decode() for letter in letters) == [f"k{n}" for n in PARTITIONS]
