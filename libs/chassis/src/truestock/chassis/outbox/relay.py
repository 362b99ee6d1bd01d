"""The relay: publishes what transactions left in the outbox, in order per key, at least once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import asyncpg
from aiokafka.errors import KafkaError

from truestock.chassis import metrics
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.outbox import claim as claims
from truestock.chassis.outbox.publish import Producer, publish

log = logging.getLogger(__name__)

Connection = asyncpg.Connection  # a session of the system role, held for as long as the relay leads
RETRY_S = 1.0


class Relay:
    """Publishes the outbox of one database.

    Any number of processes may run one; an advisory lock lets one of them publish. It is woken in the
    process that commits (:meth:`wake`), by the other relays' notifications, and by a sweep that finds what a
    crash left. A row is deleted after the broker acknowledged it: a crash between the two publishes it
    again, and the consumers' inbox drops the second one.
    """

    def __init__(
        self,
        system_url: str,
        producer: Callable[[], Awaitable[Producer]],
        *,
        batch_rows: int = 500,
        batch_bytes: int = 800_000,
        sweep_s: float = 1.0,
        max_message_bytes: int = 8 * 1024 * 1024,
        failpoints: Failpoints | None = None,
    ) -> None:
        self._url = system_url
        self._producer = producer
        self._rows = batch_rows
        self._bytes = batch_bytes
        self._sweep_s = sweep_s
        self._max_message_bytes = max_message_bytes
        self._failpoints = failpoints or Failpoints()
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.is_leader = False

    def wake(self) -> None:
        """There are new rows."""
        self._idle.clear()
        self._work.set()

    async def start(self) -> None:
        """Begin to publish, now and until :meth:`stop`."""
        self._task = asyncio.create_task(self._run(), name="outbox relay")

    async def stop(self, *, drain_s: float = 5.0) -> None:
        """Publish what is there (for at most ``drain_s``) and end. The next start finds what remains."""
        if self._task is None:
            return
        if self.is_leader:
            self.wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(drain_s):
                    await self._idle.wait()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._session()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("relay lost its database session: %s", type(error).__name__)
            except KafkaError as error:
                log.warning("relay cannot publish: %s", type(error).__name__)
            except Exception:
                log.exception("relay failed and starts again")
            finally:
                self.is_leader = False
                metrics.RELAY_LEADER.set(0)
            await asyncio.sleep(RETRY_S)

    async def _session(self) -> None:
        connection = await asyncpg.connect(
            self._url,
            timeout=10,
            command_timeout=60,
            # a lost delete only publishes a row twice, which the inbox drops
            server_settings={
                "application_name": "truestock-relay",
                "synchronous_commit": "off",
                "jit": "off",
            },
        )
        try:
            await self._lead(connection)
            producer = await self._producer()
            await connection.add_listener(claims.CHANNEL, lambda *_: self.wake())
            await self._publish(connection, producer)
        finally:
            # not close(): that waits for the server, which may be what was lost
            connection.terminate()

    async def _lead(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Wait until this process is the one that publishes, passing its wake-ups to the one that is."""
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", claims.RELAY_LOCK):
            self._idle.set()
            if await self._wait():
                await connection.execute(f"NOTIFY {claims.CHANNEL}")
        self.is_leader = True
        metrics.RELAY_LEADER.set(1)

    async def _wait(self) -> bool:
        """Wait for work; False when the sweep's time came instead."""
        try:
            # not wait_for: in Python 3.11 it swallows a cancellation that meets a result
            async with asyncio.timeout(self._sweep_s):
                await self._work.wait()
        except TimeoutError:
            return False
        self._work.clear()
        return True

    async def _publish(self, connection: "asyncpg.Connection[asyncpg.Record]", producer: Producer) -> None:
        sent: list[int] = []
        pause = RETRY_S
        await self._count_parked(connection)
        while True:
            self._work.clear()
            claim = await claims.claim(connection, sent, rows=self._rows, payload_bytes=self._bytes)
            sent = []
            if not claim:
                metrics.OUTBOX_AGE.set(0)
                self._idle.set()
                await self._wait()
                continue
            metrics.OUTBOX_AGE.set((datetime.now(UTC) - claim[0].created_at).total_seconds())
            self._failpoints.reach("relay:before-publish")
            published = await publish(producer, claim, max_message_bytes=self._max_message_bytes)
            self._failpoints.reach("relay:after-publish")
            sent = [row.seq for row in published.sent]
            for row in published.sent:
                metrics.PUBLISHED.labels(row.topic).inc()
            for row, reason in published.refused:
                log.error(
                    "outbox row %d of topic %s is parked: %s",
                    row.seq,
                    row.topic,
                    reason,
                    extra={"cause": row},
                )
                await connection.execute(claims.PARK, row.seq, reason)
            if published.refused:
                await self._count_parked(connection)
            if published.failure is not None:
                log.warning("relay could not publish: %s", type(published.failure).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 15.0)
            else:
                pause = RETRY_S

    async def _count_parked(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        metrics.PARKED.set(await connection.fetchval(claims.COUNT_PARKED))
