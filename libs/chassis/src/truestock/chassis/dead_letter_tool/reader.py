"""Reads dead-letter topics past all consumer groups: a look changes nothing for anybody."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from time import monotonic

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from truestock.chassis.dead_letter_tool.letters import Address
from truestock.chassis.deadletters import topic_of
from truestock.chassis.delivery import Transient
from truestock.chassis.kafka_security import client_options
from truestock.chassis.settings import ServiceSettings
from truestock.contracts.problem import Refusal, RefusalKind

CHUNK = 200
"""Records asked for at once."""
POLL_MS = 50
WAIT_S = 5.0
"""Longest wait for records that the broker says are there."""


class DeadLetterReader:
    """Reads letters in the order of their addresses. Raises :class:`Transient` while there is no broker,
    :class:`Refusal` where the group has no dead-letter topic.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def one(self, address: Address) -> ConsumerRecord | None:
        """The record at ``address``; None when there is none (any more)."""
        async with aclosing(self.since(address)) as records:
            async for found, record in records:
                return record if found == address else None
        return None

    async def since(self, start: Address) -> AsyncGenerator[tuple[Address, ConsumerRecord], None]:
        """What the group's topic holds now, from ``start`` to its end."""
        async with self._consumer() as consumer:
            for partition in await _partitions(consumer, start):
                first = start.offset if partition.partition == start.partition else 0
                async with aclosing(_records(consumer, partition, first)) as records:
                    async for record in records:
                        yield Address(start.group, record.partition, record.offset), record

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            **client_options(self._settings),
            client_id=f"truestock-{self._settings.service}-dead-letters",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=20,
            max_partition_fetch_bytes=9 * 1024 * 1024,
        )
        try:
            await consumer.start()
            yield consumer
        except (KafkaError, OSError) as error:
            raise Transient(f"the broker does not show dead letters ({type(error).__name__})") from error
        finally:
            await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, start: Address) -> Sequence[TopicPartition]:
    topic = topic_of(start.group)
    # a consumer without a subscription learns topics on demand only
    await consumer._client.set_topics([topic])
    numbers = consumer.partitions_for_topic(topic)
    if not numbers:
        raise Refusal(
            "dead_letter_topic_missing",
            f"The broker shows no topic {topic}.",
            remedy="Create the topics (python -m truestock.chassis.topics), or let this service read them.",
            kind=RefusalKind.UNAVAILABLE,
        )
    return [TopicPartition(topic, number) for number in sorted(numbers) if number >= start.partition]


async def _records(
    consumer: AIOKafkaConsumer, partition: TopicPartition, first: int
) -> AsyncGenerator[ConsumerRecord, None]:
    """From ``first`` to where the partition ended when it was first read."""
    consumer.assign([partition])
    begin = (await consumer.beginning_offsets([partition]))[partition]
    consumer.seek(partition, max(first, begin))
    # The end comes with what is read: the embedded broker's own answer about it leaves out most of the
    # newest batch.
    end: int | None = None
    patience = monotonic() + WAIT_S
    while end is None or await consumer.position(partition) < end:
        batches = await consumer.getmany(partition, timeout_ms=POLL_MS, max_records=CHUNK)
        end = consumer.highwater(partition) if end is None else end
        for record in batches.get(partition, ()):
            if first <= record.offset and (end is None or record.offset < end):
                yield record
        if batches:
            patience = monotonic() + WAIT_S
        elif monotonic() > patience:
            raise Transient("the broker does not deliver what it says is there")
