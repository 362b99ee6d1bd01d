"""Consume, hand over, publish what was written to the outbox: the loop that both programs share."""

import asyncio
import gc
import hashlib
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.partitioner import DefaultPartitioner
from pydantic import BaseModel, ValidationError

E = TypeVar("E", bound=BaseModel)
RECORDS = 500
PARTITION = DefaultPartitioner()


@dataclass(frozen=True, slots=True)
class Incoming(Generic[E]):
    """A valid record."""

    event: E
    headers: dict[str, bytes]
    content: bytes


@dataclass(slots=True)
class Outgoing:
    """One event: a row of the outbox, then a record. ``seq`` is the row's number."""

    topic: str
    type: str
    key: str
    payload: bytes
    trace: bytes | None
    id: UUID
    sequence: int | None = None
    seq: int = 0

    def headers(self) -> list[tuple[str, bytes]]:
        """CloudEvents, binary mode."""
        key = self.key.encode()
        found = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.id).encode()),
            ("ce_source", b"/truestock/" + self.type.split(".")[1].encode()),
            ("ce_type", self.type.encode()),
            ("ce_time", datetime.now(UTC).isoformat().encode()),
            ("ce_subject", key),
            ("ce_partitionkey", key),
            ("ce_dataschema", f"urn:truestock:schema:{self.type.split('.')[2]}:1.0".encode()),
            ("content-type", b"application/json"),
        ]
        if self.sequence is not None:
            found.append(("ce_sequence", b"%010d" % self.sequence))
        return [*found, ("traceparent", self.trace)] if self.trace else found


Handle = Callable[["asyncpg.Connection[asyncpg.Record]", Sequence[Incoming[E]]], Awaitable[list[Outgoing]]]
OUTBOX = """
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, topic, partition_key, payload, headers,
                        traceparent)
    SELECT id, split_part(topic, '.', 2), key, type, topic, key, payload, '{}', trace
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[])
         WITH ORDINALITY AS r (id, key, type, topic, payload, trace, n) ORDER BY n
    RETURNING seq
"""
INBOX = """
    INSERT INTO inbox (consumer, event_hash, content_hash, day)
    SELECT $1, e, c, d FROM unnest($2::bytea[], $3::bytea[], $4::date[]) AS r (e, c, d) ORDER BY e
    ON CONFLICT DO NOTHING RETURNING event_hash
"""
LEFT = "SELECT seq, id, topic, type, partition_key, payload, traceparent FROM outbox ORDER BY seq LIMIT 500"


async def first_sight(
    connection: "asyncpg.Connection[asyncpg.Record]", consumer: str, batch: Sequence[Incoming[E]]
) -> list[Incoming[E]]:
    """Those that were not handled yet."""
    hashes = {
        hashlib.blake2b(one.headers["ce_source"] + one.headers["ce_id"], digest_size=16).digest(): one
        for one in batch
    }
    contents = [hashlib.blake2b(one.content, digest_size=16).digest() for one in hashes.values()]
    days = [datetime.fromisoformat(one.headers["ce_time"].decode()).date() for one in hashes.values()]
    new = await connection.fetch(INBOX, consumer, list(hashes), contents, days)
    return [hashes[row[0]] for row in new]


async def write_outbox(connection: "asyncpg.Connection[asyncpg.Record]", events: list[Outgoing]) -> None:
    """One statement for all; numbers them."""
    columns = zip(
        *((e.id, e.key, e.type, e.topic, e.payload, e.trace.decode() if e.trace else None) for e in events),
        strict=True,
    )
    for event, row in zip(events, await connection.fetch(OUTBOX, *map(list, columns)), strict=True):
        event.seq = row[0]


class Pipeline(Generic[E]):
    """One program: ``model`` events of ``topic`` go to ``handle``, which commits and returns its events."""

    def __init__(
        self, model: type[E], topic: str, group: str, handle: Handle[E], *, unhurried: bool = False
    ) -> None:
        self._model, self._topic, self._group, self._handle = model, topic, group, handle
        self._unhurried = unhurried

    async def run(self) -> None:
        """Until the process is ended. ``unhurried``: nobody waits for the effect."""
        brokers = os.environ["BENCH_BOOTSTRAP"]
        app = await asyncpg.connect(os.environ["BENCH_APP_URL"], server_settings={"jit": "off"})
        self._system = await asyncpg.connect(os.environ["BENCH_SYSTEM_URL"], server_settings={"jit": "off"})
        self._producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", max_batch_size=2**20)
        consumer = AIOKafkaConsumer(
            self._topic,
            bootstrap_servers=brokers,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100 if self._unhurried else 20,
            fetch_min_bytes=2**16 if self._unhurried else 1,
            session_timeout_ms=int(os.environ["BENCH_SESSION_MS"]),
            max_partition_fetch_bytes=9 * 2**20,
        )
        await self._producer.start()
        await self._publish_left_over()
        await consumer.start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        publishing: asyncio.Task[None] | None = None
        while True:
            found: dict[TopicPartition, list[ConsumerRecord]] = await consumer.getmany(
                timeout_ms=1_000, max_records=RECORDS
            )
            batch = [
                one for records in found.values() for record in records for one in await self._valid(record)
            ]
            events = await self._handle(app, batch) if batch else []
            if publishing is not None:
                await publishing
            publishing = asyncio.create_task(self._publish(events)) if events else None
            if found:
                await consumer.commit({where: records[-1].offset + 1 for where, records in found.items()})

    async def _valid(self, record: ConsumerRecord) -> list[Incoming[E]]:
        try:
            return [
                Incoming(self._model.model_validate_json(record.value), dict(record.headers), record.value)
            ]
        except ValidationError:
            await self._producer.send_and_wait(f"{self._group}.dlq", record.value, key=record.key)
            return []

    async def _publish(self, events: Sequence[Outgoing]) -> None:
        """One batch per partition, then the rows are deleted."""
        batches: dict[tuple[str, int], Any] = {}
        sent, now = [], int(time.time() * 1000)
        for event in events:
            key = event.key.encode()
            partitions = sorted(await self._producer.partitions_for(event.topic))
            where = (event.topic, PARTITION(key, partitions, partitions))
            record = {"key": key, "value": event.payload, "timestamp": now, "headers": event.headers()}
            batch = batches.setdefault(where, self._producer.create_batch())
            if batch.append(**record) is None:
                sent.append(await self._producer.send_batch(batch, where[0], partition=where[1]))
                batches[where] = self._producer.create_batch()
                batches[where].append(**record)
        for (topic, partition), batch in batches.items():
            sent.append(await self._producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)
        await self._system.execute(
            "DELETE FROM outbox WHERE seq = ANY($1::bigint[])", [event.seq for event in events]
        )

    async def _publish_left_over(self) -> None:
        while rows := await self._system.fetch(LEFT):
            await self._publish(
                [
                    Outgoing(r["topic"], r["type"], r["partition_key"], r["payload"],
                             (r["traceparent"] or "").encode() or None, r["id"], None, r["seq"])
                    for r in rows
                ]
            )  # fmt: skip  # one row, one event


def outgoing(
    topic: str, kind: str, key: str, payload: bytes, cause: Incoming[Any], *, sequence: int | None = None
) -> Outgoing:
    """An event that follows from a record and continues its trace."""
    return Outgoing(topic, kind, key, payload, cause.headers.get("traceparent"), uuid4(), sequence)


def run(*pipelines: Pipeline[Any]) -> None:
    """Until the process is ended."""

    async def all_of_them() -> None:
        await asyncio.gather(*(pipeline.run() for pipeline in pipelines))

    uvloop.run(all_of_them())
