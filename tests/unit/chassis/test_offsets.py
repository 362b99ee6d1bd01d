"""Offsets follow the work: the first at once, later ones together, none that others own by now."""

import asyncio
from dataclasses import dataclass, field

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError
from support.records import TOPIC
from support.waiting import eventually

from truestock.chassis.consumer.offsets import Offsets
from truestock.chassis.failpoints import Failpoints

FIRST, SECOND = TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)
NEVER_S = 3_600.0


@dataclass
class FakeConsumer:
    """Takes offsets when it is let."""

    committed: list[dict[TopicPartition, int]] = field(default_factory=list)
    refuse: bool = False
    go: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.go.set()

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.asked.set()
        await self.go.wait()
        if self.refuse:
            raise CommitFailedError
        self.committed.append(offsets)


def gathering(every_s: float = NEVER_S) -> Offsets:
    """Offsets that gather for ever after the first commit, unless told otherwise."""
    return Offsets("small.follow", Failpoints(), every_s=every_s)


async def test_the_first_offset_goes_out_at_once() -> None:
    offsets, consumer = gathering(), FakeConsumer()
    offsets.add(consumer, {FIRST: 8})
    await eventually(lambda: consumer.committed == [{FIRST: 8}])
    await offsets.flush()


async def test_what_is_done_meanwhile_goes_out_together_and_the_newest_of_each_partition() -> None:
    offsets, consumer = gathering(), FakeConsumer()
    offsets.add(consumer, {FIRST: 8})
    await eventually(lambda: consumer.committed)
    offsets.add(consumer, {FIRST: 9})
    offsets.add(consumer, {SECOND: 3})
    offsets.add(consumer, {FIRST: 10})
    await offsets.flush()
    assert consumer.committed == [{FIRST: 8}, {FIRST: 10, SECOND: 3}]


async def test_nobody_needs_to_ask_for_what_was_gathered() -> None:
    offsets, consumer = gathering(every_s=0.001), FakeConsumer()
    offsets.add(consumer, {FIRST: 1})
    await consumer.asked.wait()
    offsets.add(consumer, {FIRST: 2})
    await eventually(lambda: consumer.committed == [{FIRST: 1}, {FIRST: 2}])


async def test_a_slow_broker_holds_up_nobody_and_gets_one_request_at_a_time() -> None:
    offsets, consumer = gathering(), FakeConsumer()
    consumer.go.clear()
    offsets.add(consumer, {FIRST: 1})
    await consumer.asked.wait()
    for done in range(2, 100):
        offsets.add(consumer, {FIRST: done})
    consumer.go.set()
    await offsets.flush()
    assert consumer.committed == [{FIRST: 1}, {FIRST: 99}]


async def test_what_others_own_by_now_is_not_committed() -> None:
    offsets, consumer = gathering(), FakeConsumer()
    offsets.add(consumer, {FIRST: 8})
    await eventually(lambda: consumer.committed)
    offsets.add(consumer, {FIRST: 9})
    offsets.forget()
    await offsets.flush()
    assert consumer.committed == [{FIRST: 8}]


async def test_after_a_refused_commit_later_ones_go_out() -> None:
    offsets, consumer = gathering(), FakeConsumer(refuse=True)
    offsets.add(consumer, {FIRST: 8})
    await offsets.flush()
    consumer.refuse = False
    offsets.add(consumer, {FIRST: 9})
    await offsets.flush()
    assert consumer.committed == [{FIRST: 9}]
