"""A group that nobody waits for handles together what comes one by one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiokafka import AIOKafkaProducer
from support.broker import NewTopic
from support.small_service import Fact, fact, record_headers, settings
from support.waiting import eventually

from truestock.chassis.consumer import ConsumerRunner, Subscription
from truestock.chassis.consumer.runner import GATHERED_BYTES
from truestock.chassis.delivery import Delivery
from truestock.chassis.kafka import create_producer
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls

pytestmark = pytest.mark.kafka

RECORDS = 12


@dataclass
class Heard:
    """The batches of one group."""

    batches: list[list[int]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, deliveries: Sequence[Delivery[Fact]]) -> None:
        """Take a batch."""
        self.batches.append([delivery.event.number for delivery in deliveries])
        self.changed.set()

    async def has(self, *numbers: int) -> None:
        """Wait until these numbers were heard, as soon as they are."""
        async with asyncio.timeout(20):
            while not {*numbers} <= {number for batch in self.batches for number in batch}:
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Groups:
    """Two groups on one topic, and who sends there."""

    topic: str
    producer: AIOKafkaProducer
    quick: Heard = field(default_factory=Heard)
    unhurried: Heard = field(default_factory=Heard)

    async def send(self, event: Fact) -> None:
        """Send one record."""
        body, headers = event.model_dump_json().encode(), record_headers(event)
        await self.producer.send_and_wait(self.topic, body, event.key().encode(), headers=headers)


@asynccontextmanager
async def listening(urls: DatabaseUrls, bootstrap: str, topic: str, wait_ms: int) -> AsyncIterator[Groups]:
    """Both groups, formed."""
    producer = create_producer(bootstrap, client_id="test")
    await producer.start()
    groups = Groups(topic, producer)
    types = {Fact.ce_type(): Fact}

    async def dead_letters() -> AIOKafkaProducer:
        return producer

    runner = ConsumerRunner(
        settings(urls, bootstrap, consumer_fetch_wait_ms=wait_ms),
        [
            Subscription(f"{topic}.quick", topic, groups.quick, types),
            Subscription(f"{topic}.unhurried", topic, groups.unhurried, types, unhurried=True),
        ],
        producer=dead_letters,
    )
    await runner.start()
    try:
        await eventually(lambda: not runner.unassigned, 20, message="the groups did not form")
        yield groups
    finally:
        await runner.stop()
        await producer.stop()


async def test_records_that_come_one_by_one_are_gathered(
    urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    async with listening(urls, broker.bootstrap, await new_topic("incoming"), wait_ms=300) as groups:
        for number in range(RECORDS):
            await groups.send(fact("one by one", number))
            await groups.quick.has(number)
        await groups.unhurried.has(*range(RECORDS))
        assert len(groups.quick.batches) == RECORDS
        assert len(groups.unhurried.batches) <= RECORDS // 2


@pytest.mark.kafka_only  # the embedded broker looks only when the fetch's time is up
async def test_what_fills_a_fetch_does_not_wait(
    urls: DatabaseUrls, broker: Broker, new_topic: NewTopic
) -> None:
    async with listening(urls, broker.bootstrap, await new_topic("incoming"), wait_ms=20_000) as groups:
        await groups.send(fact("large", 1, padding="x" * GATHERED_BYTES))
        await groups.unhurried.has(1)
