"""A small service on the chassis: facts come in on one topic, are stored, and leave on another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from sqlalchemy import text
from support.broker import session_timeout_s
from support.postgres import TestServer
from support.waiting import eventually

from truestock.chassis.consumer import ConsumerRunner, Subscription
from truestock.chassis.deadletters import topic_of
from truestock.chassis.delivery import Delivery, Permanent, Transient
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.kafka import create_producer
from truestock.chassis.migrations.runner import migrate
from truestock.chassis.outbox.relay import Relay
from truestock.chassis.settings import ServiceSettings
from truestock.chassis.transaction import Database
from truestock.contracts.envelope import Envelope, Headers
from truestock.contracts.events import Event
from truestock.local.postgres import DatabaseUrls

MIGRATIONS = Path(__file__).parent.parent / "integration" / "delivery" / "migrations"

WORKSPACE = UUID("11111111-1111-4111-8111-111111111111")
OTHER_WORKSPACE = UUID("22222222-2222-4222-8222-222222222222")

VIOLATES_CHECK = 13
"""The table refuses this number: a handler's error that halving must find."""
PERMANENT = 14
"""The handler refuses this number, without saying which delivery it was."""
TRANSIENT_ONCE = 15
"""The handler fails on this number, once."""


@asynccontextmanager
async def migrated(postgres: TestServer) -> AsyncIterator[DatabaseUrls]:
    """A database with the chassis' tables and ``facts``, dropped afterwards."""
    made = await postgres.empty("inventory")
    await migrate(made.owner, MIGRATIONS)
    yield made
    await postgres.drop(made)


async def stored_numbers(urls: DatabaseUrls) -> list[int]:
    """What the usual workspace has stored, whoever stored it."""
    database = Database(urls.app, application_name="test")
    async with database.begin([WORKSPACE]) as tx:
        found = await tx.connection.execute(text("SELECT number FROM facts ORDER BY number"))
        numbers = list(found.scalars())
    await database.close()
    return numbers


class Fact(Event):
    """Something numbered about a key."""

    TOPIC: ClassVar[str] = "test.fact.v1"
    PRODUCER: ClassVar[str] = "test"

    about: str
    number: int
    padding: str = ""

    def key(self) -> str:
        """What it is about."""
        return self.about


def fact(
    about: str, number: int, *, topic: str = Fact.TOPIC, workspace: UUID = WORKSPACE, padding: str = ""
) -> Fact:
    """A fact on a topic."""
    return _of_topic(topic)(
        workspace_id=workspace,
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        correlation_id=uuid4(),
        about=about,
        number=number,
        padding=padding,
    )


@cache  # a class of its own per fact would be what fills the memory of a busy process
def _of_topic(topic: str) -> type[Fact]:
    kind: type[Fact] = type("Fact", (Fact,), {"TOPIC": topic, "__module__": __name__})
    return kind


def record_headers(event: Event, *, event_id: str | None = None, traceparent: str | None = None) -> Headers:
    """The headers with which a foreign producer sends ``event``."""
    return Envelope(
        id=event_id or str(uuid4()),
        source=event.ce_source(),
        type=event.ce_type(),
        time=datetime.now(UTC),
        subject=event.key(),
        dataschema=event.ce_dataschema(),
        partition_key=event.key(),
        traceparent=traceparent,
    ).headers()


def settings(urls: DatabaseUrls, bootstrap: str, **more: Any) -> ServiceSettings:
    """Settings of the small service; quick to retry."""
    values: dict[str, Any] = {
        "port": 0,
        "database_url": urls.app,
        "system_database_url": urls.system,
        "kafka_bootstrap": bootstrap,
        "issuer_url": "http://127.0.0.1:1",
        "consumer_backoff_base_s": 0.05,
        "outbox_sweep_s": 0.2,
        "consumer_session_timeout_s": session_timeout_s(),
    }
    return ServiceSettings(**{**values, **more})


@dataclass
class Follower:
    """The use case: store each fact once, and say so on the outgoing topic."""

    db: Database
    group: str
    outgoing: str
    seen: list[list[int]] = field(default_factory=list)
    transient: set[int] = field(default_factory=lambda: {TRANSIENT_ONCE})
    committed: Callable[[], Awaitable[None]] | None = None
    """What the handler still does after its transaction."""

    async def __call__(self, deliveries: Sequence[Delivery[Fact]]) -> None:
        """Handle a batch in one transaction."""
        self.seen.append([delivery.event.number for delivery in deliveries])
        async with self.db.begin({delivery.event.workspace_id for delivery in deliveries}) as tx:
            for delivery in await tx.first_sight(self.group, deliveries):
                event = delivery.event
                if event.number == PERMANENT:
                    raise Permanent("fourteen is never right")
                if event.number in self.transient:
                    self.transient.discard(event.number)
                    raise Transient("not now")
                await tx.connection.execute(
                    text("INSERT INTO facts (workspace_id, key, number) VALUES (:workspace, :key, :number)"),
                    {"workspace": event.workspace_id, "key": event.about, "number": event.number},
                )
                tx.emit(
                    fact(event.about, event.number, topic=self.outgoing, workspace=event.workspace_id),
                    caused_by=delivery,
                )
        if self.committed is not None:
            await self.committed()


@dataclass
class SmallService:
    """The running parts of the small service."""

    db: Database
    follower: Follower
    producer: AIOKafkaProducer
    relay: Relay
    runner: ConsumerRunner
    sent: int = 0

    async def stored(self, *workspaces: UUID) -> list[tuple[str, int]]:
        """The facts that these workspaces (or the usual one) hold."""
        async with self.db.begin(workspaces or [WORKSPACE]) as tx:
            rows = await tx.connection.execute(text("SELECT key, number FROM facts ORDER BY key, number"))
            return [(row.key, row.number) for row in rows]

    async def send(self, topic: str, *facts: Fact, headers: Headers | None = None) -> None:
        """Send facts as a foreign producer, in one batch."""
        futures = [
            await self.producer.send(
                topic,
                event.model_dump_json().encode(),
                event.key().encode(),
                headers=headers or record_headers(event),
            )
            for event in facts
        ]
        await asyncio.gather(*futures)
        self.sent += len(futures)


@asynccontextmanager
async def small_service(
    db: Database,
    config: ServiceSettings,
    *,
    group: str,
    incoming: str,
    outgoing: str,
    failpoints: Failpoints | None = None,
    write_producer: Callable[[AIOKafkaProducer], Any] = lambda producer: producer,
) -> AsyncIterator[SmallService]:
    """The small service, running; ``write_producer`` may wrap the producer of its dead letters."""
    producer = create_producer(config.kafka_bootstrap, client_id="test")
    await producer.start()

    async def shared() -> AIOKafkaProducer:
        return producer

    async def wrapped() -> Any:
        return write_producer(producer)

    follower = Follower(db, group, outgoing)
    relay = Relay(
        config.system_database_url.get_secret_value(),
        shared,
        sweep_s=config.outbox_sweep_s,
        max_message_bytes=config.outbox_max_message_bytes,
        failpoints=failpoints,
    )
    db.on_emitted(relay.wake)
    runner = ConsumerRunner(
        config,
        [Subscription(group, incoming, follower, {Fact.ce_type(): Fact})],
        producer=wrapped,
        failpoints=failpoints,
    )
    await relay.start()
    await runner.start()
    try:
        yield SmallService(db, follower, producer, relay, runner)
    finally:
        await runner.stop()
        await relay.stop()
        await producer.stop()


async def follow(bootstrap: str, topic: str, *, timeout_s: float = 20.0) -> AsyncIterator[ConsumerRecord]:
    """Read ``topic`` from its beginning, without a group, until the time is up."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20
    )
    await consumer.start()
    deadline = asyncio.get_running_loop().time() + timeout_s
    try:
        while asyncio.get_running_loop().time() < deadline:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


async def read_all(
    bootstrap: str, topic: str, *, until: int, timeout_s: float = 20.0
) -> list[ConsumerRecord]:
    """The records of ``topic`` once there are ``until``, or what there is when the time is up."""
    found: list[ConsumerRecord] = []
    async for record in follow(bootstrap, topic, timeout_s=timeout_s):
        found.append(record)
        if len(found) >= until:
            break
    return found


@dataclass
class Running:
    """The small service of a test module, and the names of what it uses."""

    parts: SmallService
    bootstrap: str
    group: str
    incoming: str
    outgoing: str
    urls: DatabaseUrls

    async def send_raw(self, value: bytes | None, headers: Headers, *, key: bytes = b"raw") -> None:
        """Send bytes as they are."""
        await self.parts.producer.send_and_wait(self.incoming, value, key, headers=headers)
        self.parts.sent += 1

    async def has_stored(self, about: str, *numbers: int) -> list[int]:
        """Wait until exactly these numbers are stored about ``about``; returns them."""

        async def stored() -> bool:
            return [n for key, n in await self.parts.stored() if key == about] == sorted(numbers)

        await eventually(stored, 20, message=lambda: f"{about}: expected {sorted(numbers)}")
        return sorted(numbers)

    async def dead_letters(self, key: bytes, count: int = 1) -> list[ConsumerRecord]:
        """The dead letters of this key, once there are ``count``."""
        seen: list[ConsumerRecord] = []
        async for record in follow(self.bootstrap, topic_of(self.group)):
            if record.key == key:
                seen.append(record)
            if len(seen) == count:
                return seen
        raise AssertionError(f"{len(seen)} dead letters of {key!r}, expected {count}")

    async def published(self, about: str, count: int) -> list[int]:
        """The numbers that left about ``about``, in their order, once there are ``count``."""
        seen: list[int] = []
        async for record in follow(self.bootstrap, self.outgoing):
            if record.key == about.encode():
                seen.append(Fact.model_validate_json(record.value).number)
            if len(seen) == count:
                return seen
        raise AssertionError(f"{seen} left about {about}, expected {count} numbers")

    async def committed(self) -> int:
        """The sum of the group's committed offsets."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, group_id=self.group)
        await consumer.start()
        try:
            partitions = [TopicPartition(self.incoming, n) for n in range(3)]
            return sum([await consumer.committed(partition) or 0 for partition in partitions])
        finally:
            await consumer.stop()
