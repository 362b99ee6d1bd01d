"""The inbox: a record that was handled once is not handled again.

A row is (consumer, hash of source and id, hash of the content), in the partition of the event's own
day, so that a redelivery after midnight meets the same unique index.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.delivery import Permanent, Received
from truestock.chassis.statements import fetch

R = TypeVar("R", bound=Received)

INSERT = text(
    """
    INSERT INTO inbox (consumer, event_hash, content_hash, day)
    SELECT :consumer, r.event_hash, r.content_hash, r.day
    FROM unnest(CAST(:hashes AS bytea[]), CAST(:contents AS bytea[]), CAST(:days AS date[]))
         AS r (event_hash, content_hash, day)
    ORDER BY r.event_hash
    ON CONFLICT DO NOTHING
    RETURNING event_hash
    """
)
SEEN = text(
    """
    SELECT event_hash, content_hash FROM inbox
    WHERE consumer = :consumer AND event_hash = ANY (CAST(:hashes AS bytea[]))
    """
)


def content_hash(ce_type: str, data: bytes) -> bytes:
    """16 bytes that identify an event's content."""
    return hashlib.blake2b(data, digest_size=16, person=_person(ce_type)).digest()


@cache  # as many as there are types of events
def _person(ce_type: str) -> bytes:
    return hashlib.blake2b(ce_type.encode(), digest_size=16).digest()


def event_hash(source: str, event_id: str) -> bytes:
    """16 bytes that identify an event: its source and id, unambiguously joined."""
    return hashlib.blake2b(f"{len(source)}:{source}{event_id}".encode(), digest_size=16).digest()


async def first_sight(connection: AsyncConnection, consumer: str, deliveries: Sequence[R]) -> list[R]:
    """Remember the deliveries and return those that ``consumer`` has not seen, in their order.

    Raises :class:`Permanent`, naming the delivery, when an id comes back with other content.
    """
    fresh: dict[bytes, R] = {}
    for delivery in deliveries:
        key = event_hash(delivery.envelope.source, delivery.envelope.id)
        earlier = fresh.setdefault(key, delivery)
        if earlier.content_hash != delivery.content_hash:
            raise _reused(delivery)
    if not fresh:
        return []
    inserted = await fetch(
        connection,
        INSERT,
        {
            "consumer": consumer,
            "hashes": list(fresh),
            "contents": [delivery.content_hash for delivery in fresh.values()],
            "days": [_day(delivery) for delivery in fresh.values()],
        },
    )
    new = {bytes(row.event_hash) for row in inserted}
    repeated = [key for key in fresh if key not in new]
    if repeated:
        await _compare(connection, consumer, {key: fresh[key] for key in repeated})
    return [delivery for key, delivery in fresh.items() if key in new]


def _day(delivery: Received) -> date:
    return delivery.envelope.time.date()


async def _compare(connection: AsyncConnection, consumer: str, repeated: dict[bytes, R]) -> None:
    known = await fetch(connection, SEEN, {"consumer": consumer, "hashes": list(repeated)})
    for row in known:
        delivery = repeated[bytes(row.event_hash)]
        if bytes(row.content_hash) != delivery.content_hash:
            raise _reused(delivery)


def _reused(delivery: Received) -> Permanent:
    return Permanent(
        f"event id {delivery.envelope.id} of {delivery.envelope.source} was seen with other content",
        delivery=delivery,
    )
