"""Change what waits in a service's outbox, as a bug would, and put records on topics as a stranger would."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from support.waiting import eventually

from truestock.chassis.outbox.claim import RELAY_LOCK
from truestock.local.stack import Stack

_WAITING = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'truestock-relay' AND datname = current_database()
"""


class Outbox:
    """The outbox of a service while its relay is kept from publishing."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    @classmethod
    async def held(cls, stack: Stack, service: str) -> "Outbox":
        """Cut the relay off and hold its lock, as another replica would, until :meth:`let_go`."""
        connection = await asyncpg.connect(stack.superuser_url(service))
        cutting = await asyncpg.connect(stack.superuser_url(service))
        waiting = asyncio.ensure_future(connection.execute("SELECT pg_advisory_lock($1)", RELAY_LOCK))

        async def queued() -> bool:
            return bool(await cutting.fetchval(_WAITING))

        await eventually(queued)
        await cutting.execute(_CUT_OFF)
        await waiting
        await cutting.close()
        return cls(connection)

    async def let_go(self) -> None:
        """The service's relay may publish again."""
        await self._connection.execute("SELECT pg_advisory_unlock($1)", RELAY_LOCK)

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

    async def aclose(self) -> None:
        """Close the connection; whoever waits for the lock gets it."""
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
