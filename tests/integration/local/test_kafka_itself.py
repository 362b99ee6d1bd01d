"""What only Apache Kafka itself can show: its log survives a stop and a crash."""

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from support.broker import NewTopic

from truestock.local.broker import Broker

pytestmark = pytest.mark.kafka_only


async def write(broker: Broker, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()


async def read(broker: Broker, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_the_log_survives_a_restart(broker: Broker, new_topic: NewTopic) -> None:
    topic = await new_topic("survives", partitions=1)
    await write(broker, topic, b"before")
    await broker.restart()
    await write(broker, topic, b"after")
    assert await read(broker, topic, 2) == [b"before", b"after"]


async def test_a_topic_is_never_created_by_a_producer(broker: Broker, new_topic: NewTopic) -> None:
    topic = await new_topic("known", partitions=1)
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, request_timeout_ms=2_000)
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"known")
        known = await producer.client.fetch_all_metadata()
        assert f"{topic}-misspelt" not in known.topics()
        await producer.client.force_metadata_update()
        producer.client.add_topic(f"{topic}-misspelt")
        await producer.client.force_metadata_update()
        assert f"{topic}-misspelt" not in (await producer.client.fetch_all_metadata()).topics()
    finally:
        await producer.stop()
