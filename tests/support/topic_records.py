"""What lies in a topic, read past any consumer group: for assertions about what left a service."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord

QUIET_MS = 700
"""No record for so long after the expected ones: nothing more is on its way."""


@dataclass(frozen=True, slots=True)
class Left:
    """The records of one key: each event once, in the order of first occurrence."""

    events: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, list[ConsumerRecord]] = field(default_factory=dict)
    """By ``ce_id``: more than one when a crash published a row again."""

    def add(self, record: ConsumerRecord) -> None:
        """Note one more record."""
        seen = self.records.setdefault(ce(record, "ce_id"), [])
        if not seen:
            self.events.append(orjson.loads(record.value) if record.value is not None else {})
        seen.append(record)

    def unequal_duplicates(self) -> list[str]:
        """Ids under which different content left; a trace header may name another sending."""
        return [
            event_id
            for event_id, records in self.records.items()
            if len({(record.value, tuple(_own(record))) for record in records}) > 1
        ]


def ce(record: ConsumerRecord, name: str) -> str:
    """One header of the envelope."""
    value: bytes = dict(record.headers)[name]
    return value.decode()


def _own(record: ConsumerRecord) -> list[tuple[str, bytes]]:
    return [header for header in record.headers if header[0] not in ("traceparent", "tracestate")]


def any_record(_: ConsumerRecord) -> bool:
    """Every record is wanted."""
    return True


async def records_of(
    bootstrap: str,
    topic: str,
    wanted: Callable[[ConsumerRecord], bool],
    *,
    at_least: int = 0,
    timeout_s: float = 20.0,
) -> list[ConsumerRecord]:
    """The wanted records of a topic, once there are ``at_least`` and nothing follows, or the time is up."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20
    )
    await consumer.start()
    found: list[ConsumerRecord] = []
    deadline = asyncio.get_running_loop().time() + timeout_s
    try:
        while asyncio.get_running_loop().time() < deadline:
            batches = await consumer.getmany(timeout_ms=QUIET_MS)
            found += [record for records in batches.values() for record in records if wanted(record)]
            if not batches and len(found) >= at_least:
                break
    finally:
        await consumer.stop()
    return found


async def left_by_key(
    bootstrap: str, topic: str, wanted: Callable[[ConsumerRecord], bool], *, keys: int
) -> dict[str, Left]:
    """The wanted records of a topic by key, once ``keys`` different ones are there."""
    found: dict[str, Left] = {}
    for record in await records_of(bootstrap, topic, wanted, at_least=keys):
        found.setdefault(record.key.decode(), Left()).add(record)
    return found
