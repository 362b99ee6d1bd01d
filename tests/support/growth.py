"""One real service under a long stream: its days go by, and what its tables hold is measured."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from support.growth_streams import Stream
from support.reimports import Feed, Reimports
from support.service_process import ServiceProcess
from support.waiting import eventually

from truestock.chassis.app.process import INBOX_DAYS_AHEAD
from truestock.local.postgres import DatabaseUrls

KEEP_DAYS = 3
LATENCY_EVENTS = 10
_SIZES = """
SELECT (SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits
        WHERE inhparent = 'inbox'::regclass),
       pg_total_relation_size('outbox'),
       (SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'outbox'),
       (SELECT sum(pg_total_relation_size(name::regclass))::bigint FROM unnest($1::text[]) name)
"""
_PARTITIONS = """
SELECT to_date(right(relname, 8), 'YYYYMMDD') FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'inbox'::regclass AND relname ~ '[0-9]{8}$'
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What one simulated day showed; the sizes are the largest that were seen during it."""

    per_second: float
    """Events, from the first one sent until all are handled and their answers published."""
    latency_ms: float
    """From an event to its answer, one at a time, with nothing else to do; the median."""
    inbox_bytes: int
    outbox_bytes: int
    outbox_dead: int
    """Row versions that nobody needs and that were not vacuumed yet."""
    state_bytes: int
    """What the service knows about the listings."""
    resident_bytes: int

    def __str__(self) -> str:
        return (
            f"{self.per_second:.0f} events/s, {self.latency_ms:.0f} ms; KiB: inbox {self.inbox_bytes >> 10},"
            f" outbox {self.outbox_bytes >> 10} ({self.outbox_dead} dead rows),"
            f" state {self.state_bytes >> 10}, process {self.resident_bytes >> 10}"
        )


@dataclass
class Growing:
    """The service, its database as the superuser sees it, and the stream."""

    database: "asyncpg.Connection[asyncpg.Record]"
    urls: DatabaseUrls
    stream: Stream
    service: ServiceProcess
    reimports: Reimports
    feed: Feed
    admin: AIOKafkaAdminClient
    answers: AIOKafkaConsumer
    first: date
    decided: Counter[str] = field(default_factory=Counter)
    """What the answers say, all of them."""

    async def day(self, number: int, events: int) -> Day:
        """Send a day's events while the night's upkeep runs, wait until all is done, then ask one by one."""
        today, peaks = self.first + timedelta(days=number), [0, 0, 0, 0]
        started = time.perf_counter()
        await asyncio.gather(
            self.feed.send(self.reimports.take(events - LATENCY_EVENTS, today)), self.upkeep(today)
        )

        async def drained() -> bool:
            sizes = await self.database.fetchrow(_SIZES, self.stream.state)
            peaks[:] = map(max, peaks, sizes)
            return await self._is_drained()

        await eventually(drained, 60 + events / 50, message="the day's events are not handled")
        seconds = time.perf_counter() - started
        await self._read_answers(events - LATENCY_EVENTS)
        inbox, outbox, dead, state = peaks
        return Day(
            (events - LATENCY_EVENTS) / seconds,
            median([await self._latency_ms(today) for _ in range(LATENCY_EVENTS)]),
            inbox,
            outbox,
            dead,
            state,
            int(await self.service.metric("process_resident_memory_bytes")),
        )

    async def upkeep(self, today: date) -> None:
        """What the service's own upkeep does on that day: as many days back and ahead, seen from it.

        Flowing work may keep it from its lock; then it is called again, as the service does.
        """
        system = await asyncpg.connect(self.urls.system)

        async def done() -> bool:
            ahead = (today - datetime.now(UTC).date()).days
            try:
                await system.execute("SELECT inbox_keep($1, $2)", KEEP_DAYS - ahead, INBOX_DAYS_AHEAD + ahead)
            except asyncpg.LockNotAvailableError:
                return False
            return True

        await eventually(done, 60, message="the upkeep never gets its lock")
        await system.close()

    async def partitions(self) -> set[date]:
        """The days that have a partition."""
        return {row[0] for row in await self.database.fetch(_PARTITIONS)}

    async def count(self, table: str) -> int:
        """Rows of a table."""
        return int(await self.database.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608  # names of this test

    async def _is_drained(self) -> bool:
        committed = await self.admin.list_consumer_group_offsets(self.stream.group)
        at = {place.partition: found.offset for place, found in committed.items()}
        if any(at.get(partition, 0) < end for partition, end in self.feed.ends.items()):
            return False
        return not await self.database.fetchval("SELECT EXISTS (SELECT FROM outbox)")

    async def _read_answers(self, events: int) -> None:
        """As many as there were events; one too many comes where the next one is asked for."""
        async with asyncio.timeout(60 + events / 50):
            while events > 0:
                found = await self.answers.getmany(timeout_ms=1_000, max_records=events)
                for record in (one for some in found.values() for one in some):
                    self._note(record.value)
                    events -= 1

    async def _latency_ms(self, today: date) -> float:
        [record] = self.reimports.take(1, today)
        started = time.perf_counter()
        await self.feed.send(iter([record]))
        async with asyncio.timeout(30):
            answer = await self.answers.getone()
        seconds = time.perf_counter() - started
        assert answer.key == record.key, "an answer that nobody asked for"
        self._note(answer.value)
        return seconds * 1000

    def _note(self, answer: bytes | None) -> None:
        assert answer is not None, "a tombstone"
        self.decided[orjson.loads(answer)[self.stream.decided]] += 1
