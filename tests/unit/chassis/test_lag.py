"""The lag of a group: records at hand, records behind them, and since when the oldest waits at least."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaTimeoutError
from prometheus_client import REGISTRY
from support.records import TIMESTAMP_MS, TOPIC, numbered

from truestock.chassis.consumer.batch import Outcome
from truestock.chassis.consumer.group import GroupConsumer
from truestock.chassis.consumer.lag import Waiting, waiting_for
from truestock.chassis.failpoints import Failpoints

FIRST, SECOND, THIRD = (TopicPartition(TOPIC, number) for number in range(3))
GROUP = "small.lag"


@dataclass
class FakeReader:
    """A consumer by partition: (end, position, when it was fetched)."""

    state: dict[TopicPartition, tuple[int | None, int, int | None]]
    lost: set[TopicPartition] = field(default_factory=set)
    ends: dict[TopicPartition, int] = field(default_factory=dict)
    silent: bool = False

    def assignment(self) -> Collection[TopicPartition]:
        return self.state.keys()

    def highwater(self, partition: TopicPartition) -> int | None:
        return self.state[partition][0]

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None:
        return self.state[partition][2]

    async def end_offsets(self, partitions: list[TopicPartition]) -> Mapping[TopicPartition, int]:
        if self.silent:
            raise KafkaTimeoutError
        return self.ends

    async def position(self, partition: TopicPartition) -> int:
        if partition in self.lost:
            raise IllegalStateError(f"Partition {partition} is not assigned")
        return self.state[partition][1]

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """Nothing to remember."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Nothing to read."""


class Blocked:
    """A processor whose batch ends when it is told to."""

    def __init__(self) -> None:
        self.started, self.go = asyncio.Event(), asyncio.Event()

    async def process(
        self, records: Sequence[ConsumerRecord], is_owned: Callable[[TopicPartition], bool]
    ) -> Outcome:
        self.started.set()
        await self.go.wait()
        return Outcome({FIRST: records[-1].offset + 1})


def group(processor: Blocked) -> GroupConsumer:
    """A group that owns the first partitions."""
    return GroupConsumer(
        GROUP,
        processor,  # type: ignore[arg-type]  # a fake with the one method that is called
        backoff_base_s=0.001,
        backoff_cap_s=0.002,
        failpoints=Failpoints(),
    )


def lag_records() -> float | None:
    """The gauge."""
    return REGISTRY.get_sample_value("truestock_consumer_lag_records", {"group": GROUP})


async def test_what_was_not_handed_out_waits_since_its_partition_was_fetched() -> None:
    reader = FakeReader({FIRST: (10, 10, 1), SECOND: (10, 4, 5_000), THIRD: (7, 6, 3_000)})
    assert await waiting_for(reader) == Waiting(7, 3_000)


async def test_what_came_after_the_last_fetch_counts_while_the_broker_answers() -> None:
    reader = FakeReader({FIRST: (10, 4, 5_000)}, ends={FIRST: 100})
    assert await waiting_for(reader) == Waiting(96, 5_000)
    reader.silent = True
    assert await waiting_for(reader) == Waiting(6, 5_000)


async def test_a_partition_that_was_never_fetched_counts_for_nothing() -> None:
    assert await waiting_for(FakeReader({FIRST: (None, 0, None)})) == Waiting()


async def test_records_of_other_partitions_count_while_a_batch_is_at_hand_and_after_it() -> None:
    processor = Blocked()
    made = group(processor)
    await made.on_partitions_assigned({FIRST, SECOND})
    fetched_ms = int((time.time() - 500) * 1000)
    reader = FakeReader({FIRST: (8, 8, fetched_ms), SECOND: (5, 2, fetched_ms)})
    batch = asyncio.create_task(made.on_batch([numbered(1, offset=7)], reader))
    await processor.started.wait()
    await made.observe(reader)
    assert lag_records() == 4
    assert made.lag_seconds() >= time.time() - TIMESTAMP_MS / 1000 - 60, "the oldest is the one at hand"
    processor.go.set()
    await batch
    await made.observe(reader)
    assert lag_records() == 3
    assert made.lag_seconds() >= 500, "between two batches the backlog seems to be gone"
    reader.state[SECOND] = (5, 5, fetched_ms)
    await made.observe(reader)
    assert (lag_records(), made.lag_seconds()) == (0, 0)


async def test_while_partitions_change_hands_the_last_look_stands_and_none_remains_afterwards() -> None:
    made = group(Blocked())
    await made.on_partitions_assigned({SECOND})
    reader = FakeReader({SECOND: (5, 2, 1_000)})
    await made.observe(reader)
    reader.lost.add(SECOND)
    await made.observe(reader)
    assert lag_records() == 3
    await made.on_partitions_revoked({SECOND})
    assert made.lag_seconds() == 0
