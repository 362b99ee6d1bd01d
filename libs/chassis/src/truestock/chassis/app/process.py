"""What runs in a service process besides HTTP: broker, relay, background tasks; start and graceful stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import httpx
from aiokafka import AIOKafkaProducer
from sqlalchemy import text

from truestock.chassis.app import memory
from truestock.chassis.app.background import Supervised
from truestock.chassis.app.readiness import unready
from truestock.chassis.auth.keys import IssuerKeys
from truestock.chassis.auth.verifier import TokenVerifier
from truestock.chassis.consumer.runner import ConsumerRunner
from truestock.chassis.consumer.subscription import AnySubscription
from truestock.chassis.kafka import create_producer
from truestock.chassis.kafka_security import client_options
from truestock.chassis.outbox.relay import Relay
from truestock.chassis.settings import ServiceSettings
from truestock.chassis.telemetry.setup import Telemetry, setup
from truestock.chassis.transaction import Database

log = logging.getLogger(__name__)

INBOX_UPKEEP_S = 3600.0
INBOX_DAYS_AHEAD = 3


class ServiceProcess:
    """Owns everything that lives as long as the process."""

    def __init__(
        self,
        settings: ServiceSettings,
        subscriptions: Sequence[AnySubscription],
        database: Database,
        tasks: Sequence[Callable[[], Awaitable[None]]],
        on_close: Sequence[Callable[[], Awaitable[None]]],
    ) -> None:
        self._settings = settings
        self._database = database
        self._on_close = on_close
        self._producer: AIOKafkaProducer | None = None
        self._producer_lock = asyncio.Lock()
        self._telemetry = Telemetry(None)
        self._http = httpx.AsyncClient(timeout=5.0, trust_env=False)
        self.verifier = TokenVerifier(
            IssuerKeys(self._http, settings.issuer_url),
            issuer=settings.issuer_url,
            people_audience=settings.audience,
            service_audience=settings.own_client_id,
            algorithms=settings.token_algorithms,
        )
        self._runner = ConsumerRunner(
            settings, subscriptions, producer=self.producer, failpoints=database.failpoints
        )
        self._relay = Relay(
            settings.system_database_url.get_secret_value(),
            self.producer,
            batch_rows=settings.outbox_batch_rows,
            batch_bytes=settings.outbox_batch_bytes,
            sweep_s=settings.outbox_sweep_s,
            max_message_bytes=settings.outbox_max_message_bytes,
            failpoints=database.failpoints,
        )
        database.on_emitted(self._relay.wake)
        self._tasks = [Supervised(task) for task in (self._keep_inbox, memory.free_cycles, *tasks)]
        self.revision: str | None = None
        """Of the database schema that this release needs; None: it is not asked for."""
        self.is_started = False
        self.is_stopping = False

    async def producer(self) -> AIOKafkaProducer:
        """The started producer; raises a KafkaError while there is no broker."""
        async with self._producer_lock:
            if self._producer is None:
                producer = create_producer(
                    self._settings.kafka_bootstrap,
                    client_id=f"truestock-{self._settings.service}",
                    security=client_options(self._settings),
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
        return self._producer

    async def start(self) -> None:
        """Start everything; what needs a server that is not there yet keeps trying in the background."""
        self._telemetry = setup(self._settings.service, self._settings)
        await self._relay.start()
        await self._runner.start()
        for task in self._tasks:
            task.start()
        self.is_started = True
        memory.settle()
        log.info("%s started", self._settings.service)

    async def stop(self) -> None:
        """Finish the running batches, publish what they emitted, close everything; bounded."""
        self.is_stopping = True
        await asyncio.gather(*(task.stop() for task in self._tasks))
        await self._runner.stop()
        await self._relay.stop()
        for close in self._on_close:
            with suppress(Exception):
                await close()
        if self._producer is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._producer.stop(), 5)
        await self._http.aclose()
        await self._database.close()
        log.info("%s stopped", self._settings.service)
        await asyncio.to_thread(self._telemetry.shutdown)

    async def unready(self) -> dict[str, str]:
        """Why the process is not ready: nothing when it is."""
        if self.is_stopping:
            return {"process": "stopping"}
        return await unready(self._database, self.revision, self._runner)

    async def observe(self) -> None:
        """Bring the metrics up to date that nothing else keeps."""
        await self._runner.observe()

    async def _keep_inbox(self) -> None:
        while True:
            async with self._database.begin_system() as connection:
                await connection.execute(
                    text("SELECT inbox_keep(:keep, :ahead)"),
                    {"keep": self._settings.inbox_keep_days, "ahead": INBOX_DAYS_AHEAD},
                )
            await asyncio.sleep(INBOX_UPKEEP_S)
