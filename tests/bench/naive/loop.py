"""What a team writes first: one message, one session, one commit, then publish."""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from bench.naive.outbox import TOPICS, headers
from bench.naive.tables import Seen, Sent
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from truestock.contracts.envelope import Envelope

Handle = Callable[[AsyncSession, Any, Envelope], Awaitable[list[Sent]]]
Prepare = Callable[[Sequence[Any]], Awaitable[None]]
Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True)
class Consumer:
    """Who handles each event of one kind; ``prepare`` sees those that one poll brought first."""

    name: str
    model: Any
    handle: Handle
    prepare: Prepare | None = None


def run(*consumers: Consumer) -> None:
    """All consumers of a program, until the process is ended."""
    asyncio.run(_run(consumers))


async def _run(consumers: Sequence[Consumer]) -> None:
    engine = create_async_engine(make_url(os.environ["BENCH_APP_URL"]).set(drivername="postgresql+asyncpg"))
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    producer = AIOKafkaProducer(bootstrap_servers=os.environ["BENCH_BOOTSTRAP"], acks="all")
    await producer.start()
    async with asyncio.TaskGroup() as tasks:
        for consumer in consumers:
            tasks.create_task(_consume(consumer, sessions, producer))


async def _consume(consumer: Consumer, sessions: Sessions, producer: AIOKafkaProducer) -> None:
    records = AIOKafkaConsumer(
        TOPICS + consumer.model.TOPIC,
        bootstrap_servers=os.environ["BENCH_BOOTSTRAP"],
        group_id=TOPICS + consumer.name,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(os.environ["BENCH_SESSION_MS"]),
    )
    await records.start()
    while True:
        found = await records.getmany(timeout_ms=1_000, max_records=100)
        batch = [
            (record, consumer.model.model_validate_json(record.value))
            for one in found.values()
            for record in one
        ]
        if batch and consumer.prepare is not None:
            await consumer.prepare([event for _, event in batch])
        for record, event in batch:
            for row in await _handle(consumer, sessions, record, event):
                await producer.send_and_wait(
                    row.topic, row.payload, key=row.partition_key.encode(), headers=headers(row)
                )
            place = TopicPartition(record.topic, record.partition)
            await records.commit({place: record.offset + 1})


async def _handle(consumer: Consumer, sessions: Sessions, record: ConsumerRecord, event: Any) -> list[Sent]:
    cause = Envelope.parse(record.headers)
    async with sessions() as session:
        workspace = {"workspace": str(event.workspace_id)}
        await session.execute(text("SELECT set_config('app.workspaces', :workspace, true)"), workspace)
        seen = _seen(consumer.name, cause, record.value)
        if await session.get(Seen, (seen.consumer, seen.event_hash, seen.day)) is not None:
            return []
        session.add(seen)
        sent = await consumer.handle(session, event, cause)
        session.add_all(sent)
        await session.commit()
    return sent


def _seen(consumer: str, cause: Envelope, content: bytes) -> Seen:
    return Seen(
        consumer=consumer,
        event_hash=hashlib.blake2b(f"{cause.source}{cause.id}".encode(), digest_size=16).digest(),
        day=cause.time.date(),
        content_hash=hashlib.blake2b(content, digest_size=16).digest(),
    )
