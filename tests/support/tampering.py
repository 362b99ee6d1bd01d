"""Change what waits in a service's outbox, as a bug would, and put records on topics as a stranger would."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from support.waiting import eventually

from truestock.local.stack import Stack


class Outbox:
    """The outbox of a service whose relay does not run now."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    @classmethod
    async def of(cls, stack: Stack, service: str) -> "Outbox":
        """Opened past row-level security."""
        return cls(await asyncpg.connect(stack.superuser_url(service)))

    async def payloads(self, topic: str) -> dict[str, bytes]:
        """Unsent payloads by key."""
        rows = await self._connection.fetch(
            "SELECT partition_key, payload FROM outbox WHERE topic = $1 ORDER BY seq", topic
        )
        return {row["partition_key"]: bytes(row["payload"]) for row in rows}

    async def replace(self, topic: str, key: str, payload: bytes, *, headers: str | None = None) -> None:
        """Another payload (and headers, as JSON) for one unsent row."""
        done = await self._connection.execute(
            "UPDATE outbox SET payload = $3, headers = coalesce($4::jsonb, headers)"
            " WHERE topic = $1 AND partition_key = $2",
            *(topic, key, payload, headers),
        )
        assert done == "UPDATE 1", done

    async def parked(self) -> list[Mapping[str, Any]]:
        """Rows that the relay has put aside."""
        return list(
            await self._connection.fetch(
                "SELECT partition_key, parked_reason, octet_length(payload) AS bytes FROM outbox"
                " WHERE parked_at IS NOT NULL"
            )
        )

    async def discard(self, key: str) -> None:
        """Delete a row, as an operator of the platform would."""
        await self._connection.execute("DELETE FROM outbox WHERE partition_key = $1", key)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()


async def put(bootstrap: str, topic: str, *records: ConsumerRecord) -> dict[int, int]:
    """Send records as they are; returns the offset after the last one, by partition."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    ends: dict[int, int] = {}
    try:
        for record in records:
            sent = await producer.send_and_wait(topic, record.value, record.key, headers=list(record.headers))
            ends[sent.partition] = sent.offset + 1
    finally:
        await producer.stop()
    return ends


async def handled(bootstrap: str, group: str, topic: str, ends: Mapping[int, int]) -> None:
    """Wait until a group has committed these offsets."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()

    async def past() -> bool:
        for partition, end in ends.items():
            committed = await consumer.committed(TopicPartition(topic, partition))
            assert committed is not None, f"{group} has committed nothing of {topic}/{partition}"
            assert committed >= end, f"{group} is at {committed} of {end} in {topic}/{partition}"
        return True

    try:
        await eventually(past, 40, message=f"{group} does not come to its end")
    finally:
        await consumer.stop()


def before_all(headers: Sequence[tuple[str, bytes]], why: str) -> list[tuple[str, bytes]]:
    """The headers that stand before the first one that starts with ``why``."""
    first = next(index for index, (name, _) in enumerate(headers) if name.startswith(why))
    return list(headers[:first])
