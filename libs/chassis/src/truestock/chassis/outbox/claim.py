"""The relay's statements: what is next, what is done, what is parked, and whose lock is dead.

Rows are claimed by being unsent, never by «id greater than the last one»: transactions commit out of
the order of their numbers. Within one key numbers are in commit order, because whoever writes a key holds
its aggregate's lock.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import orjson
from msgspec import Struct

from truestock.chassis.kafka import Headers

RELAY_LOCK = 0x7472_7565_0002
"""Advisory lock: one relay per database publishes, so that the order per key holds with any replicas."""
CHANNEL = "truestock_outbox"
"""Relays that are not the leader pass their wake-ups on here, outside any business transaction."""
APPLICATION = "truestock-relay"

# Deleting what was sent and claiming what is next is one round trip; both see the same snapshot, so the
# rows just deleted are left out by name. A parked key holds back its later rows and no others; a topic
# that is busy or cannot be published to holds back its own rows and no others.
NEXT = """
WITH sent AS (DELETE FROM outbox WHERE seq = ANY ($1::bigint[]))
SELECT seq, topic, partition_key, payload, headers::text AS headers, traceparent, tracestate, created_at
FROM (
    SELECT o.*, sum(size) OVER (ORDER BY seq) AS running
    FROM (
        SELECT u.*, coalesce(octet_length(payload), 0) + 512 AS size FROM outbox u
        WHERE parked_at IS NULL AND seq <> ALL ($1::bigint[]) AND topic <> ALL ($4::text[])
          AND NOT EXISTS (
              SELECT FROM outbox p
              WHERE p.parked_at IS NOT NULL AND p.topic = u.topic AND p.partition_key = u.partition_key
                AND p.seq < u.seq
          )
        ORDER BY seq LIMIT $2
    ) o
) batch
WHERE running <= $3 OR running = size
ORDER BY seq
"""
PARK = "UPDATE outbox SET parked_at = now(), parked_reason = $2 WHERE seq = $1"
COUNT_PARKED = """
SELECT count(DISTINCT (topic, partition_key)) FROM outbox WHERE parked_at IS NOT NULL
"""
# A leader asks the database at least once per sweep. One that did not for $1 seconds is frozen (a stopped
# process keeps its connection, and with it the lock).
FROZEN_LEADER = f"""
SELECT a.pid, a.state_change
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = {RELAY_LOCK >> 32} AND l.objid = {RELAY_LOCK & 0xFFFF_FFFF} AND l.objsubid = 1
  AND a.application_name = '{APPLICATION}' AND a.state = 'idle'
  AND a.state_change < clock_timestamp() - make_interval(secs => $1)
"""  # noqa: S608  # numbers and a name of this module
# Ends the session, which frees the lock, unless it has done something since it was seen frozen.
END_FROZEN_LEADER = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE pid = $1 AND state_change = $2 AND state = 'idle'
"""


class Claimed(Struct, frozen=True):
    """One unsent row, as it goes to the broker."""

    seq: int
    topic: str
    key: str
    payload: bytes | None
    headers: Headers
    traceparent: str | None
    tracestate: str | None
    created_at: datetime


class OutboxTable:
    """The outbox as the leading relay sees it, over the session that holds the lock."""

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", *, rows: int, payload_bytes: int
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._bytes = payload_bytes

    async def next(self, sent: Sequence[int], busy: Collection[str]) -> list[Claimed]:
        """Delete what was ``sent``; the oldest rows of topics that are not ``busy``.

        At most as many rows and bytes as the caps say, but always one where there is one.
        """
        found = await self._connection.fetch(NEXT, list(sent), self._rows, self._bytes, list(busy))
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

    async def park(self, seq: int, reason: str) -> None:
        """Hold this row and the later ones of its key back, visibly."""
        await self._connection.execute(PARK, seq, reason)

    async def parked(self) -> int:
        """How many keys are held back."""
        return int(await self._connection.fetchval(COUNT_PARKED))
