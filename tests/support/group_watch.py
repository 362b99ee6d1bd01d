"""Watches a consumer group from outside: no committed offset passes an unfinished record, or goes back."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from support.small_service import Fact, record_headers

from truestock.chassis.kafka import create_producer
from truestock.contracts.envelope import Headers


class OffsetsAreWrong(Exception):
    """A committed offset is past a record whose effect is not there, or behind where it was."""


@dataclass
class Sent:
    """What a test has sent to a topic, by the partition that it chose."""

    producer: AIOKafkaProducer
    topic: str
    numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    """Partition and offset of each fact, and its number."""
    _ends: dict[int, int] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def by_a_stranger(cls, bootstrap: str, topic: str) -> AsyncIterator["Sent"]:
        """Nothing yet; what is sent comes from a producer of its own."""
        producer = create_producer(bootstrap, client_id="test")
        await producer.start()
        try:
            yield cls(producer, topic)
        finally:
            await producer.stop()

    def ends(self) -> dict[int, int]:
        """The offset after the last record of each partition that has one."""
        return dict(self._ends)

    async def facts(self, partition: int, *facts: Fact) -> None:
        """Send facts, in their order."""
        for fact in facts:
            value, key = fact.model_dump_json().encode(), fact.key().encode()
            offset = await self.raw(partition, value, key, record_headers(fact))
            self.numbers[partition, offset] = fact.number

    async def raw(self, partition: int, value: bytes, key: bytes, headers: Headers) -> int:
        """Send bytes as they are; returns their offset."""
        sent = await self.producer.send_and_wait(self.topic, value, key, partition, headers=headers)
        self._ends[partition] = sent.offset + 1
        return int(sent.offset)


@dataclass
class GroupWatch:
    """One group's committed offsets beside what is stored."""

    group: str
    sent: Sent
    stored: Callable[[], Awaitable[Collection[int]]]
    _consumer: AIOKafkaConsumer
    _seen: dict[int, int] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def of(
        cls, bootstrap: str, group: str, sent: Sent, stored: Callable[[], Awaitable[Collection[int]]]
    ) -> AsyncIterator["GroupWatch"]:
        """Watch without being a member."""
        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
        await consumer.start()
        try:
            yield cls(group, sent, stored, consumer)
        finally:
            await consumer.stop()

    async def look(self) -> dict[int, int]:
        """The committed offsets by partition; raises :class:`OffsetsAreWrong`."""
        found = {
            partition: await self._consumer.committed(TopicPartition(self.sent.topic, partition)) or 0
            for partition in self.sent.ends()
        }
        stored = set(await self.stored())  # after the offsets: it may only be further than they are
        for partition, committed in found.items():
            if committed < self._seen.get(partition, 0):
                raise OffsetsAreWrong(f"partition {partition}: {committed} after {self._seen[partition]}")
            passed = {
                number
                for (of, offset), number in self.sent.numbers.items()
                if of == partition and offset < committed
            }
            if passed - stored:
                raise OffsetsAreWrong(f"partition {partition} at {committed}, without {passed - stored}")
        self._seen.update(found)
        return found
