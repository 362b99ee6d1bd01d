"""Put an event on its topic as its producer would, past every outbox."""

from aiokafka import AIOKafkaProducer
from support.deliveries import envelope_of

from truestock.contracts.events import Event


async def publish(
    bootstrap: str, *events: Event, traceparent: str | None = None, value: bytes | None = None
) -> None:
    """Publish and wait until the broker has acknowledged; ``value`` in place of what an event says."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=8 * 1024 * 1024)
    await producer.start()
    try:
        for event in events:
            envelope = envelope_of(event)._replace(traceparent=traceparent)
            await producer.send_and_wait(
                event.TOPIC,
                event.model_dump_json().encode() if value is None else value,
                event.key().encode(),
                headers=list(envelope.headers()),
            )
    finally:
        await producer.stop()
