"""An endless stream of events that change nothing: the same listings, again and again."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count, islice
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer

from truestock.contracts.envelope import Envelope, Headers
from truestock.contracts.events import InventorySeeded, ListingImported

Repeatable = ListingImported | InventorySeeded
SEQUENCE = 987_654_321
"""Of every event that is repeated: its place is where a repetition has its own number."""
_AT_ONCE = 1_000
"""Records that wait for the broker's answer; more are not made before it came."""


@dataclass(frozen=True, slots=True)
class Record:
    """One event, ready to be sent."""

    key: bytes
    value: bytes
    headers: Headers


class Reimports:
    """Makes the stream: a round is one event per listing, with the next sequence number.

    ``new_batches``: every round is a batch of its own, as imports are. Otherwise all belong to one.
    """

    def __init__(self, events: Sequence[Repeatable], *, new_batches: bool) -> None:
        self._templates = [(event, event.model_dump_json().encode()) for event in events]
        self._new_batches = new_batches
        self._numbers = count()

    def take(self, events: int, day: date) -> Iterator[Record]:
        """The next events, with new ids, as their producer would have made them on ``day`` at noon."""
        noon = datetime.combine(day, time(12), UTC)
        for number in islice(self._numbers, events):
            before, place = divmod(number, len(self._templates))
            event, template = self._templates[place]
            value = template.replace(b"%d" % SEQUENCE, b"%d" % (before + 1))
            if self._new_batches:
                batch = str(UUID(int=event.batch_id.int + before + 1))
                value = value.replace(str(event.batch_id).encode(), batch.encode())
            yield Record(event.key().encode(), value, _headers(event, noon))


@dataclass
class Feed:
    """Sends records with bounded memory, and knows where the topic's partitions end."""

    producer: AIOKafkaProducer
    topic: str
    ends: dict[int, int] = field(default_factory=dict)

    async def send(self, records: Iterator[Record]) -> None:
        """All of them, acknowledged."""
        while chunk := list(islice(records, _AT_ONCE)):
            sent = [
                await self.producer.send(self.topic, one.value, one.key, headers=one.headers) for one in chunk
            ]
            for place in await asyncio.gather(*sent):
                self.ends[place.partition] = max(self.ends.get(place.partition, 0), place.offset + 1)


def _headers(event: Repeatable, at: datetime) -> Headers:
    return Envelope(
        id=str(uuid4()),
        source=event.ce_source(),
        type=event.ce_type(),
        time=at,
        subject=event.key(),
        dataschema=event.ce_dataschema(),
        partition_key=event.key(),
    ).headers()
