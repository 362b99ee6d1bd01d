"""Everything that lies on topics now, read past all consumer groups."""

from collections.abc import Iterable
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition


async def everything_on(bootstrap: str, topics: Iterable[str]) -> list[ConsumerRecord]:
    """All records of these topics, from the first to the one that is the last when asked."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic, number) for topic in topics for number in await _partitions(consumer, topic)
        ]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        found: list[ConsumerRecord] = []
        places = [await consumer.position(partition) for partition in partitions]
        while any(place < ends[partition] for place, partition in zip(places, partitions, strict=True)):
            batches = await consumer.getmany(timeout_ms=200)
            found += [record for records in batches.values() for record in records]
            places = [await consumer.position(partition) for partition in partitions]
        return found
    finally:
        await consumer.stop()


async def events_of(bootstrap: str, topic: str, **fields: Any) -> list[dict[str, Any]]:
    """The events of a topic with these values, in the order of their keys' partitions."""
    events = [
        orjson.loads(record.value) for record in await everything_on(bootstrap, [topic]) if record.value
    ]
    return [event for event in events if all(event.get(name) == value for name, value in fields.items())]


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[int]:
    await consumer._client.set_topics([topic])  # a consumer without subscription learns topics on demand
    return sorted(consumer.partitions_for_topic(topic) or ())
