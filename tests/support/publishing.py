"""Put an event on its topic as its producer would, past every outbox."""

from datetime import UTC, datetime
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from truestock.contracts.envelope import Envelope
from truestock.contracts.events import Event


async def publish(
    bootstrap: str, *events: Event, traceparent: str | None = None, value: bytes | None = None
) -> None:
    """Publish and wait until the broker has acknowledged; ``value`` in place of what an event says."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=8 * 1024 * 1024)
    await producer.start()
    try:
        for event in events:
            key = event.key()
            envelope = Envelope(
                id=str(uuid4()),
                source=event.ce_source(),
                type=event.ce_type(),
                time=datetime.now(UTC),
                subject=key,
                dataschema=event.ce_dataschema(),
                partition_key=key,
                traceparent=traceparent,
            )
            await producer.send_and_wait(
                event.TOPIC,
                event.model_dump_json().encode() if value is None else value,
                key.encode(),
                headers=list(envelope.headers()),
            )
    finally:
        await producer.stop()
