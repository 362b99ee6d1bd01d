"""What the connector told everybody about one connection."""

import json
from typing import Any

from aiokafka import AIOKafkaConsumer
from support.waiting import eventually

from truestock.contracts import topics

Told = tuple[str, dict[str, Any]]


async def told_until(bootstrap: str, connection_id: str, last: str) -> list[Told]:
    """(type, data) of all events of a connection, in order, until one of type ``last``."""
    consumer = AIOKafkaConsumer(
        topics.CONNECTION.name, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found: list[Told] = []

        async def complete() -> bool:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    if record.key == connection_id.encode():
                        kind = dict(record.headers)["ce_type"].decode().split(".")[-2]
                        found.append((kind, json.loads(record.value)))
            return last in [kind for kind, _ in found]

        await eventually(complete, 20, message=lambda: f"no {last} after {[kind for kind, _ in found]}")
        return found
    finally:
        await consumer.stop()
