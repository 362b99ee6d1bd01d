"""Relays of one database, as several replicas of a service run them, and what they find there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import UnknownTopicOrPartitionError
from support.small_service import WORKSPACE, Fact, fact, settings

from truestock.chassis.kafka import create_producer
from truestock.chassis.outbox.relay import Relay
from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls


@asynccontextmanager
async def relays(
    urls: DatabaseUrls,
    broker: Broker,
    count: int = 1,
    *,
    wrap: Callable[[Any], Any] = lambda producer: producer,
    **more: Any,
) -> AsyncIterator[list[Relay]]:
    """Running relays of one database, as in ``count`` replicas; ``wrap`` may stand before the broker."""
    config = settings(urls, broker.bootstrap)
    producer = create_producer(broker.bootstrap, client_id="test")
    await producer.start()

    async def shared() -> Any:
        return wrap(producer)

    started = [
        Relay(config.system_database_url.get_secret_value(), shared, **{"sweep_s": 0.2, **more})
        for _ in range(count)
    ]
    for relay in started:
        await relay.start()
    try:
        yield started
    finally:
        for relay in started:
            await relay.stop()
        await producer.stop()


@dataclass
class Hiding:
    """A producer to which topics are unknown: the embedded broker would make them when asked."""

    producer: AIOKafkaProducer
    unknown: set[str]

    async def partitions_for(self, topic: str) -> set[int]:
        """The topic's partitions; raises for one that is hidden."""
        if topic in self.unknown:
            raise UnknownTopicOrPartitionError
        return set(await self.producer.partitions_for(topic))

    def create_batch(self) -> Any:
        """As the producer does."""
        return self.producer.create_batch()

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Any:
        """As the producer does."""
        return await self.producer.send_batch(batch, topic, partition=partition)


async def emit(db: Database, topic: str, about: str, *numbers: int, padding: str = "") -> None:
    """Emit facts in one transaction."""
    async with db.begin([WORKSPACE]) as tx:
        for number in numbers:
            tx.emit(fact(about, number, topic=topic, padding=padding))


async def left(urls: DatabaseUrls) -> int:
    """Rows in the outbox."""
    return int(await as_system(urls, "SELECT count(*) FROM outbox"))


async def as_system(urls: DatabaseUrls, statement: str, *arguments: Any) -> Any:
    """Run one statement as the system role; its first value."""
    connection = await asyncpg.connect(urls.system)
    try:
        return await connection.fetchval(statement, *arguments)
    finally:
        await connection.close()


def numbers_of(records: list[ConsumerRecord], about: str) -> list[int]:
    """The numbers about one key, in the order of their topic."""
    return [Fact.model_validate_json(one.value).number for one in records if one.key == about.encode()]
