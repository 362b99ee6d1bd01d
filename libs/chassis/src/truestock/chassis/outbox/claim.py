"""The relay's statements: what is next, what is done, what is parked.

Rows are claimed by being unsent, never by «id greater than the last one»: transactions commit out of
the order of their numbers. Within one key numbers are in commit order, because whoever writes a key holds
its aggregate's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson

from truestock.chassis.kafka import Headers

RELAY_LOCK = 0x7472_7565_0002
"""Advisory lock: one relay per database publishes, so that the order per key holds with any replicas."""
CHANNEL = "truestock_outbox"
"""Relays that are not the leader pass their wake-ups on here, outside any business transaction."""

# Deleting what was sent and claiming what is next is one round trip; both see the same snapshot, so the
# rows just deleted are left out by name. A parked key holds back its later rows and no others.
NEXT = """
WITH sent AS (DELETE FROM outbox WHERE seq = ANY ($1::bigint[]))
SELECT seq, topic, partition_key, payload, headers::text AS headers, traceparent, tracestate, created_at
FROM (
    SELECT o.*, sum(coalesce(octet_length(payload), 0) + 512) OVER (ORDER BY seq) AS running
    FROM (
        SELECT * FROM outbox u
        WHERE parked_at IS NULL AND seq <> ALL ($1::bigint[])
          AND NOT EXISTS (
              SELECT FROM outbox p
              WHERE p.parked_at IS NOT NULL AND p.topic = u.topic AND p.partition_key = u.partition_key
          )
        ORDER BY seq LIMIT $2
    ) o
) batch
WHERE running <= $3 OR running = coalesce(octet_length(payload), 0) + 512
ORDER BY seq
"""
PARK = "UPDATE outbox SET parked_at = now(), parked_reason = $2 WHERE seq = $1"
COUNT_PARKED = """
SELECT count(DISTINCT (topic, partition_key)) FROM outbox WHERE parked_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One unsent row, as it goes to the broker."""

    seq: int
    topic: str
    key: str
    payload: bytes | None
    headers: Headers
    traceparent: str | None
    tracestate: str | None
    created_at: datetime


async def claim(
    connection: "asyncpg.Connection[asyncpg.Record]", sent: Sequence[int], *, rows: int, payload_bytes: int
) -> list[Claimed]:
    """Delete what was sent and return what is next: at most ``rows`` and ``payload_bytes``, at least one."""
    found = await connection.fetch(NEXT, list(sent), rows, payload_bytes)
    return [
        Claimed(
            seq=row["seq"],
            topic=row["topic"],
            key=row["partition_key"],
            payload=row["payload"],
            headers=[(name, value.encode()) for name, value in orjson.loads(row["headers"]).items()],
            traceparent=row["traceparent"],
            tracestate=row["tracestate"],
            created_at=row["created_at"],
        )
        for row in found
    ]
