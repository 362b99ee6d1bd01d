"""An endless stream of imports that change nothing: the same listings, read again and again."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count, islice
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer
from support.inventory_values import BATCH, WORKSPACE, imported, listing, shown

from truestock.contracts.envelope import Envelope, Headers
from truestock.contracts.events import ListingImported

VARIANTS = 2
_SEQUENCE = 987_654_321
_AT_ONCE = 1_000
"""Records that wait for the broker's answer; more are not made before it came."""


@dataclass(frozen=True, slots=True)
class Record:
    """One import, ready to be sent."""

    key: bytes
    value: bytes
    headers: Headers


class Reimports:
    """Makes the stream: a round is one import (a batch) of all listings, with the next sequence number."""

    def __init__(self, listings: int) -> None:
        self._templates = [_template(number) for number in range(listings)]
        self._numbers = count()

    def take(self, events: int, day: date) -> Iterator[Record]:
        """The next events, with new ids, as their producer would have made them on ``day`` at noon."""
        noon = datetime.combine(day, time(12), UTC)
        for number in islice(self._numbers, events):
            before, place = divmod(number, len(self._templates))
            key, template = self._templates[place]
            value = template.replace(b"%d" % _SEQUENCE, b"%d" % (before + 1))
            batch = str(UUID(int=BATCH.int + before + 1))
            yield Record(
                key.encode(), value.replace(str(BATCH).encode(), batch.encode()), _headers(key, noon)
            )


@dataclass
class Feed:
    """Sends records with bounded memory, and knows where the topic's partitions end."""

    producer: AIOKafkaProducer
    ends: dict[int, int] = field(default_factory=dict)

    async def send(self, records: Iterator[Record]) -> None:
        """All of them, acknowledged."""
        while chunk := list(islice(records, _AT_ONCE)):
            sent = [
                await self.producer.send(ListingImported.TOPIC, one.value, one.key, headers=one.headers)
                for one in chunk
            ]
            for place in await asyncio.gather(*sent):
                self.ends[place.partition] = max(self.ends.get(place.partition, 0), place.offset + 1)


def _template(number: int) -> tuple[str, bytes]:
    variants = [shown(sku=f"growth-{number}-{v}", Size=str(v)) for v in range(VARIANTS)]
    found = listing(f"growth-{number}", *variants)
    event = imported(found, workspace_id=WORKSPACE, sequence=_SEQUENCE)
    return event.key(), event.model_dump_json().encode()


def _headers(key: str, at: datetime) -> Headers:
    return Envelope(
        id=str(uuid4()),
        source=ListingImported.ce_source(),
        type=ListingImported.ce_type(),
        time=at,
        subject=key,
        dataschema=ListingImported.ce_dataschema(),
        partition_key=key,
    ).headers()
