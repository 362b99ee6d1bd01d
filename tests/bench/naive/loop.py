"""What a team writes first: one message, one session, one commit, then publish."""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from bench.naive.tables import Seen, Sent
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

TOPICS = os.environ.get("BENCH_TOPICS", "")
Handle = Callable[[AsyncSession, Any], Awaitable[list[Sent]]]
Prepare = Callable[[Sequence[Any]], Awaitable[None]]


def run(consumer: str, topic: str, model: Any, handle: Handle, prepare: Prepare | None = None) -> None:
    """``handle`` each message of ``topic``; ``prepare`` sees the messages that one poll brought first."""
    asyncio.run(_run(consumer, TOPICS + topic, model, handle, prepare))


async def _run(consumer: str, topic: str, model: Any, handle: Handle, prepare: Prepare | None) -> None:
    engine = create_async_engine(make_url(os.environ["BENCH_APP_URL"]).set(drivername="postgresql+asyncpg"))
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    brokers = os.environ["BENCH_BOOTSTRAP"]
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all")
    records = AIOKafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=f"{TOPICS}{consumer}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=int(os.environ["BENCH_SESSION_MS"]),
    )
    await producer.start()
    await records.start()
    while True:
        found = await records.getmany(timeout_ms=1_000, max_records=100)
        batch = [
            (record, model.model_validate_json(record.value)) for one in found.values() for record in one
        ]
        if batch and prepare is not None:
            await prepare([event for _, event in batch])
        for record, event in batch:
            async with sessions() as session:
                workspace = {"workspace": str(event.workspace_id)}
                await session.execute(
                    text("SELECT set_config('app.workspaces', :workspace, true)"), workspace
                )
                seen = _seen(consumer, record)
                key = (seen.consumer, seen.event_hash, seen.day)
                if await session.get(Seen, key) is not None:
                    continue
                session.add(seen)
                sent = await handle(session, event)
                session.add_all(sent)
                await session.commit()
            for row in sent:
                await producer.send_and_wait(
                    row.topic, row.payload, key=row.partition_key.encode(), headers=_headers(row)
                )
            place = TopicPartition(record.topic, record.partition)
            await records.commit({place: record.offset + 1})


def event_row(topic: str, kind: str, key: str, payload: bytes) -> Sent:
    """An event to be published."""
    return Sent(
        id=uuid4(),
        aggregatetype=topic.split(".")[1],
        aggregateid=key,
        type=kind,
        topic=TOPICS + topic,
        partition_key=key,
        payload=payload,
    )


def _seen(consumer: str, record: ConsumerRecord) -> Seen:
    headers = dict(record.headers)
    return Seen(
        consumer=consumer,
        event_hash=hashlib.blake2b(headers["ce_source"] + headers["ce_id"], digest_size=16).digest(),
        day=datetime.fromisoformat(headers["ce_time"].decode()).date(),
        content_hash=hashlib.blake2b(record.value, digest_size=16).digest(),
    )


def _headers(row: Sent) -> list[tuple[str, bytes]]:
    key = row.partition_key.encode()
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(UUID(int=row.id.int)).encode()),
        ("ce_source", b"/truestock/" + row.type.split(".")[1].encode()),
        ("ce_type", row.type.encode()),
        ("ce_time", datetime.now(UTC).isoformat().encode()),
        ("ce_subject", key),
        ("ce_partitionkey", key),
        ("content-type", b"application/json"),
    ]
