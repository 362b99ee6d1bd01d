"""The relay: publishes what transactions left in the outbox, in order per key, at least once.

What it promises, and on what that rests, is said in :mod:`truestock.chassis.outbox.drain`.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import asyncpg
from aiokafka.errors import KafkaError

from truestock.chassis import metrics
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.outbox import claim as claims
from truestock.chassis.outbox.drain import Drain, Signals
from truestock.chassis.outbox.publish import Producer

log = logging.getLogger(__name__)

RETRY_S = 1.0


class Relay:
    """Publishes the outbox of one database.

    Any number of processes may run one; an advisory lock lets one of them publish. It is woken in the
    process that commits (:meth:`wake`), by the other relays' notifications, and by a sweep that finds what
    a crash left. A leader that froze loses its lock to those that wait, after ``frozen_s`` seconds
    and a sweep.
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
        frozen_s: float = 30.0,
        failpoints: Failpoints | None = None,
    ) -> None:
        self._url = system_url
        self._producer = producer
        self._rows = batch_rows
        self._bytes = batch_bytes
        self._sweep_s = sweep_s
        self._max_message_bytes = max_message_bytes
        self._frozen_s = frozen_s
        self._failpoints = failpoints or Failpoints()
        self._signals = Signals()
        self._task: asyncio.Task[None] | None = None
        self.is_leader = False

    def wake(self, topics: Collection[str] = ()) -> None:
        """There are new rows of these ``topics``, or of any when none is named."""
        self._signals.wake(topics or (None,))

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
                    await self._signals.idle.wait()
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
            # Without synchronous commits a lost delete only publishes a row twice, which the inbox drops.
            # Statements are planned while the outbox is empty: sequential scans would stay for good.
            server_settings={
                "application_name": claims.APPLICATION,
                "synchronous_commit": "off",
                "jit": "off",
                "enable_seqscan": "off",
            },
        )
        try:
            await self._lead(connection)
            producer = await self._producer()
            await connection.add_listener(claims.CHANNEL, lambda *_: self.wake())
            table = claims.OutboxTable(connection, rows=self._rows, payload_bytes=self._bytes)
            await Drain(
                table,
                producer,
                self._signals,
                max_message_bytes=self._max_message_bytes,
                sweep_s=self._sweep_s,
                failpoints=self._failpoints,
            ).run()
        finally:
            # not close(): that waits for the server, which may be what was lost
            connection.terminate()

    async def _lead(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Wait until this process is the one that publishes, passing its wake-ups to the one that is."""
        looked, suspect = time.monotonic(), None
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", claims.RELAY_LOCK):
            self._signals.idle.set()
            if await self._woken():
                await connection.execute(f"NOTIFY {claims.CHANNEL}")
            if time.monotonic() - looked < self._sweep_s:
                continue  # wake-ups come as often as commits; whether the leader lives is asked once a sweep
            looked = time.monotonic()
            frozen = await connection.fetchrow(claims.FROZEN_LEADER, self._frozen_s)
            # Seen twice, a sweep apart: what held up the whole machine lets a living leader go on in between.
            again = frozen is not None and frozen == suspect
            if again and await connection.fetchval(claims.END_FROZEN_LEADER, *frozen):
                log.warning(
                    "the relay that led did nothing for %.0f s; its session was ended", self._frozen_s
                )
            suspect = frozen
        self.is_leader = True
        metrics.RELAY_LEADER.set(1)

    async def _woken(self) -> bool:
        """Wait for new rows of this process; False when the sweep's time came instead."""
        try:
            # not wait_for: in Python 3.11 it swallows a cancellation that meets a result
            async with asyncio.timeout(self._sweep_s):
                await self._signals.changed.wait()
        except TimeoutError:
            return False
        self._signals.changed.clear()
        self._signals.woken.clear()
        return True
