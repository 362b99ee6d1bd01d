"""What waits for a consumer besides the records at hand: in its buffer, or still on the broker."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

PATIENCE_S = 0.5
"""Whoever reads the metrics waits no longer for the broker."""


class Reader(Protocol):
    """The part of aiokafka's consumer that tells how far it is."""

    def assignment(self) -> Collection[TopicPartition]:
        """Its partitions."""

    def highwater(self, partition: TopicPartition) -> int | None:
        """The end of the partition at its last fetch; None before the first."""

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None:
        """When that was, in ms since the epoch."""

    async def end_offsets(self, partitions: list[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Where the partitions end now, asked of the broker."""

    async def position(self, partition: TopicPartition) -> int:
        """The first offset that was not handed out yet; raises when the partition has gone."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """``records`` were not handed out yet, some of them since ``since_ms`` (ms since the epoch) or longer."""

    records: int = 0
    since_ms: int | None = None


async def waiting_for(consumer: Reader) -> Waiting:
    """What waits: up to the partitions' present ends, or as of their last fetch while no broker answers.

    A partition with records in the buffer is not fetched again before they are handed out. So its last fetch
    tells since when they wait at least: they may have waited on the broker before.
    """
    told = {
        partition: (end, consumer.last_poll_timestamp(partition))
        for partition in consumer.assignment()
        if (end := consumer.highwater(partition)) is not None
    }
    present = await _present_ends(consumer, list(told))
    records, since = 0, []
    for partition, (end, fetched_ms) in told.items():
        left = max(end, present.get(partition, end)) - await consumer.position(partition)
        if left > 0:
            records += left
            since += [fetched_ms] if fetched_ms is not None else []
    return Waiting(records, min(since, default=None))


async def _present_ends(consumer: Reader, partitions: list[TopicPartition]) -> Mapping[TopicPartition, int]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await consumer.end_offsets(partitions)
    except (KafkaError, TimeoutError):
        return {}
