"""Members come and go while work flows, commits fail, batches come twice: nothing is passed or reordered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import CommitFailedError
from support.broker import NewTopic
from support.fault_plan import PLAN, chance
from support.group_watch import OffsetsAreWrong
from support.postgres import TestServer
from support.shared_group import PARTITIONS, SharedGroup, key_of, shared_group
from support.small_service import SmallService, fact, record_headers
from support.waiting import eventually, never

from truestock.chassis.consumer.group import GroupConsumer
from truestock.local.broker import Broker

LIMIT_S = 180 + 10 * PLAN.churn_rounds
pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(LIMIT_S, func_only=True)]

ROUND_S = 2.0
MOST_MEMBERS = 4
SMALL_BATCHES = {"consumer_max_records": 7}


@pytest.fixture
async def shared(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> AsyncIterator[SharedGroup]:
    """A group without members and an empty topic."""
    async with shared_group(postgres, broker, new_topic, tmp_path) as made:
        yield made


async def test_while_members_join_and_leave_no_offset_passes_unfinished_work_and_no_key_is_reordered(
    shared: SharedGroup,
) -> None:
    moments, over = chance("churn"), asyncio.Event()
    sent: list[int] = []

    async def stream() -> None:
        for number in takewhile(lambda _: not over.is_set(), count(100)):
            await shared.send([number])
            sent.append(number)

    async def offsets_are_wrong() -> bool:
        try:
            await shared.watch.look()
        except OffsetsAreWrong as wrong:
            raise RuntimeError("the group is wrong during the churn") from wrong
        return False

    async with AsyncExitStack() as leaving:
        members = [await joined(leaving, shared)]
        streaming = asyncio.ensure_future(stream())
        for _ in range(PLAN.churn_rounds):
            await never(offsets_are_wrong, ROUND_S)
            if len(members) == 1 or (len(members) < MOST_MEMBERS and moments.random() < 0.5):
                members.append(await joined(leaving, shared))
            else:
                await members.pop(moments.randrange(len(members))).aclose()
        over.set()
        await streaming
        assert len(sent) > len(PARTITIONS) * PLAN.churn_rounds
        await shared.all_done(*sent)


async def joined(leaving: AsyncExitStack, shared: SharedGroup) -> AsyncExitStack:
    """One more member; closing what is returned makes it leave."""
    member = AsyncExitStack()
    leaving.push_async_callback(member.aclose)
    await member.enter_async_context(shared.member(**SMALL_BATCHES))
    return member


@dataclass
class Unwilling:
    """A consumer whose commits fail: before the broker has them (lost), or after (unanswered)."""

    consumer: Any
    is_lost: bool

    async def commit(self, offsets: object) -> None:
        """Fail."""
        if not self.is_lost:
            await self.consumer.commit(offsets)
        raise CommitFailedError

    def seek(self, partition: object, offset: int) -> None:
        """As it is."""
        self.consumer.seek(partition, offset)


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "unanswered"])
async def test_commits_that_fail_lose_nothing_and_double_nothing(
    shared: SharedGroup, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    """What was lost is read again by the next member, whose inbox knows it; work goes on meanwhile."""
    first, later = range(100, 300), range(300, 340)
    await shared.send(first)
    with monkeypatch.context() as patched:
        on_batch = GroupConsumer.on_batch

        async def unwilling(group: GroupConsumer, records: Any, consumer: Any) -> None:
            await on_batch(group, records, Unwilling(consumer, is_lost))

        patched.setattr(GroupConsumer, "on_batch", unwilling)
        async with shared.member(**SMALL_BATCHES) as member:
            await eventually(lambda: handled(member) >= set(first), 60, message="it does not get on")
        assert is_lost == (not await shared.progressed())
    async with shared.member(**SMALL_BATCHES) as member:
        await shared.send(later)
        await shared.all_done(*first, *later)
        assert is_lost == (handled(member) >= set(first))
    await shared.published_once()


def handled(member: SmallService) -> set[int]:
    """The numbers that its handler has seen."""
    return {number for batch in member.follower.seen for number in batch}


async def test_whole_batches_that_come_twice_count_once(shared: SharedGroup) -> None:
    numbers = range(100, 200)
    for number in numbers:
        event = fact(key_of(number), number)
        value, headers = event.model_dump_json().encode(), record_headers(event)
        partition, key = number % len(PARTITIONS), key_of(number).encode()
        for _ in range(2):
            offset = await shared.sent.raw(partition, value, key, headers)
            shared.sent.numbers[partition, offset] = number
    async with shared.member(**SMALL_BATCHES):
        await shared.all_done(*numbers)
    await shared.published_once()
