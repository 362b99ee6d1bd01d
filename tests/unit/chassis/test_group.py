"""A consumer group's bookkeeping with a fake consumer: offsets, seeks, pauses, revocation."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError
from support.records import TOPIC, numbered

from truestock.chassis.consumer.batch import Outcome
from truestock.chassis.consumer.group import GroupConsumer
from truestock.chassis.delivery import DatabaseRefusal, Transient
from truestock.chassis.failpoints import Failpoints

FIRST = TopicPartition(TOPIC, 0)


@dataclass
class FakeConsumer:
    """Remembers what was committed and where it was told to read again."""

    committed: list[dict[TopicPartition, int]] = field(default_factory=list)
    sought: list[tuple[TopicPartition, int]] = field(default_factory=list)
    refuse: bool = False
    hold: asyncio.Event | None = None

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self.refuse:
            raise CommitFailedError
        self.committed.append(offsets)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.sought.append((partition, offset))


@dataclass
class FakeProcessor:
    """Gives the outcome it was made with, when it is let."""

    outcome: Outcome
    go: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def process(
        self, records: Sequence[ConsumerRecord], is_owned: Callable[[TopicPartition], bool]
    ) -> Outcome:
        self.started.set()
        await self.go.wait()
        return self.outcome


def group(outcome: Outcome, *, blocked: bool = False) -> tuple[GroupConsumer, FakeProcessor]:
    """A group that owns the first partition."""
    processor = FakeProcessor(outcome)
    if not blocked:
        processor.go.set()
    made = GroupConsumer(
        "small.follow",
        processor,  # type: ignore[arg-type]  # a fake with the one method that is called
        backoff_base_s=0.001,
        backoff_cap_s=0.002,
        failpoints=Failpoints(),
        revoke_grace_s=0.05,
    )
    return made, processor


async def test_a_group_is_ready_once_it_is_assigned_also_to_nothing() -> None:
    made, _ = group(Outcome())
    assert not made.is_assigned
    await made.on_partitions_assigned(set())
    assert made.is_assigned


async def test_exactly_the_settled_offsets_are_committed() -> None:
    made, _ = group(Outcome({FIRST: 8}))
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    await made.on_batch([numbered(1, offset=7)], consumer)
    await made.wind_up()
    assert (consumer.committed, consumer.sought) == ([{FIRST: 8}], [])
    assert made.lag_seconds() == 0


async def test_a_batch_does_not_wait_for_its_offset_to_be_committed() -> None:
    made, _ = group(Outcome({FIRST: 8}))
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer(hold=asyncio.Event())
    await made.on_batch([numbered(1, offset=7)], consumer)
    assert consumer.committed == []


async def test_what_is_done_is_committed_before_a_partition_is_given_away() -> None:
    made, processor = group(Outcome({FIRST: 8}))
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    await made.on_batch([numbered(1, offset=7)], consumer)
    processor.outcome = Outcome({FIRST: 9})
    await made.on_batch([numbered(2, offset=8)], consumer)
    await made.on_partitions_revoked({FIRST})
    assert {FIRST: 9} in consumer.committed


async def test_a_batch_that_ends_while_the_process_stops_waits_for_its_offset() -> None:
    made, processor = group(Outcome({FIRST: 8}), blocked=True)
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    batch = asyncio.create_task(made.on_batch([numbered(1, offset=7)], consumer))
    await processor.started.wait()
    await made.wind_up()
    processor.go.set()
    await batch
    assert consumer.committed == [{FIRST: 8}]


async def test_what_is_not_settled_is_read_again_after_a_pause() -> None:
    made, _ = group(Outcome({}, {FIRST: 7}, ConnectionError("away")))
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    await made.on_batch([numbered(1, offset=7)], consumer)
    assert (consumer.committed, consumer.sought) == ([], [(FIRST, 7)])
    assert made.lag_seconds() > 0


async def test_a_refused_commit_is_survived() -> None:
    made, _ = group(Outcome({FIRST: 8}))
    await made.on_partitions_assigned({FIRST})
    await made.on_batch([numbered(1, offset=7)], FakeConsumer(refuse=True))
    await made.wind_up()


async def test_a_running_batch_may_finish_and_commit_while_its_partition_is_revoked() -> None:
    made, processor = group(Outcome({FIRST: 8}), blocked=True)
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    batch = asyncio.create_task(made.on_batch([numbered(1, offset=7)], consumer))
    await processor.started.wait()
    revoked = asyncio.create_task(made.on_partitions_revoked({FIRST}))
    processor.go.set()
    await asyncio.gather(batch, revoked)
    assert consumer.committed == [{FIRST: 8}]


async def test_a_slow_batch_is_dropped_when_its_partition_is_revoked() -> None:
    made, processor = group(Outcome({FIRST: 8}), blocked=True)
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    batch = asyncio.create_task(made.on_batch([numbered(1, offset=7)], consumer))
    await processor.started.wait()
    await made.on_partitions_revoked({FIRST})
    await batch
    assert (consumer.committed, consumer.sought) == ([], [])


async def test_an_earlier_generation_commits_nothing() -> None:
    made, processor = group(Outcome({FIRST: 8}), blocked=True)
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    batch = asyncio.create_task(made.on_batch([numbered(1, offset=7)], consumer))
    await processor.started.wait()
    await made.on_partitions_assigned({FIRST})
    processor.go.set()
    await batch
    await made.wind_up()
    assert consumer.committed == []


async def test_our_own_bug_loses_no_batch() -> None:
    made, processor = group(Outcome())

    async def broken(*_: object) -> Outcome:
        raise AssertionError("a bug of the chassis")

    processor.process = broken  # type: ignore[method-assign, assignment]  # a fake that fails
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    await made.on_batch([numbered(1, offset=7), numbered(2, offset=8)], consumer)
    assert (consumer.committed, consumer.sought) == ([], [(FIRST, 7)])


async def test_a_database_that_takes_no_work_is_named_from_the_second_failure_until_a_batch_is_settled() -> (
    None
):
    made, processor = group(Outcome(rewind={FIRST: 7}, failure=DatabaseRefusal("DiskFullError")))
    await made.on_partitions_assigned({FIRST})
    consumer = FakeConsumer()
    await made.on_batch([numbered(1, offset=7)], consumer)
    assert made.refusal is None  # too many connections would be over by now
    await made.on_batch([numbered(1, offset=7)], consumer)
    assert made.refusal == "DiskFullError"
    processor.outcome = Outcome({FIRST: 8})
    await made.on_batch([numbered(1, offset=7)], consumer)
    assert made.refusal is None


async def test_what_else_a_batch_waits_for_is_no_fault_of_the_database() -> None:
    made, _ = group(Outcome(rewind={FIRST: 7}, failure=Transient("inventory did not answer")))
    await made.on_partitions_assigned({FIRST})
    for _ in range(3):
        await made.on_batch([numbered(1, offset=7)], FakeConsumer())
    assert made.refusal is None
