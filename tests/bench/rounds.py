"""One mode under measurement: backlogs, a paced stream, and the comparison of everything at the end."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaProducer
from bench.backlog import Backlog, Message
from bench.catalogue import VARIANTS
from bench.checking import Expected, Found, problems
from bench.figures import Round
from bench.processes import Usage, resident_mib, tree
from bench.programs import Programs
from bench.watching import Database, Verdicts, published
from bench.world import World, prefix
from support.waiting import eventually

from truestock.chassis.kafka import create_producer
from truestock.chassis.settings import ServiceSettings
from truestock.contracts.topics import LISTING_IMPORTED

_WARM_NAIVE = 30
_LONGEST_S = 900.0
_RELAYED = ServiceSettings.model_fields["outbox_batch_rows"].default
"""So many events at once are what the importer's relay publishes: batches of a producer are no larger."""
_AWAKE_S = 1.0
"""Between the end of a hold and the first event of a stream."""


class Lane:
    """A mode: its processes, its topics, its databases, and all that was sent to it."""

    def __init__(self, world: World, mode: str) -> None:
        self.mode = mode
        self._world = world
        self._topic = prefix(mode) + LISTING_IMPORTED.name
        self._backlog = Backlog(world.shop, sampling=world.parameters.sampling)
        self._verdicts = Verdicts(world, mode)
        self._database = Database(world, mode)
        self._end = AsyncExitStack()
        self._sent: list[str] = []
        self.rounds: list[Round] = []
        self.latencies_ms: list[float] = []

    async def start(self) -> None:
        """Start and warm up: connections, leases, statements and photos are known afterwards."""
        self._producer: AIOKafkaProducer = create_producer(self._world.broker.bootstrap, client_id="bench")
        self._end.push_async_callback(self._producer.stop)
        await self._producer.start()
        self._end.push_async_callback(self._verdicts.stop)
        await self._verdicts.start()
        self._end.push_async_callback(self._database.stop)
        await self._database.start()
        self._programs = await Programs.start(self._world, self.mode)
        self._end.push_async_callback(self._programs.stop)
        warm = self._world.parameters.listings
        await self._send(self._backlog.take(min(warm, _WARM_NAIVE) if self.mode == "naive" else warm))
        await self._settled()
        self._programs.hold()

    async def stop(self) -> None:
        """End what was started."""
        await self._end.aclose()

    async def round(self) -> Round:
        """A backlog that warm processes meet all at once, until everything that it causes is done."""
        messages = self._backlog.take(self._world.parameters.events_of(self.mode))
        await self._send(messages)
        before = self._usage()
        started = time.perf_counter()
        self._programs.release()
        await self._settled()
        seconds = time.perf_counter() - started
        used = self._usage().since(before)
        self._programs.hold()
        self.rounds.append(Round(len(messages), seconds, used, self._memory()))
        return self.rounds[-1]

    async def stream(self, events: int, per_second: float) -> None:
        """A steady stream: how long each event takes from its record to its verdict's record."""
        self._programs.release()
        loop = asyncio.get_running_loop()
        started, sent_ms = loop.time() + _AWAKE_S, {}
        for number, message in enumerate(self._backlog.take(events)):
            due = asyncio.Event()
            loop.call_at(started + number / per_second, due.set)
            await due.wait()
            sent_ms[message.key] = int(time.time() * 1000)
            await self._send([message], timestamp_ms=sent_ms[message.key])
        await self._settled()
        self._programs.hold()
        self.latencies_ms = [self._verdicts.at_ms[key] - at for key, at in sent_ms.items()]

    async def problems(self) -> list[str]:
        """What is wrong with the end state, if anything."""
        rows = {**await self._database.rows(), **await self._database.handled()}
        found = Found(
            self._verdicts.seen,
            {**rows, **await published(self._world, self.mode)},
            await self._database.versions(),
        )
        total, stored = len(self._sent), self._world.parameters.stored
        outbox = {"inventory": 2 * total, "validator": total} if self.mode == "naive" else {}
        listings, variants = stored + total, (stored + total) * len(VARIANTS)
        expected = {
            "items": listings,
            "variants": variants,
            "verdicts": listings,
            **{f"{service} outbox": outbox.get(service, 0) for service in self._programs.pids},
            **{name: total for name in found.rows if name.startswith("records of ") or "." in name},
        }
        if self._world.parameters.all_rows(self.mode):
            expected |= {
                "claims": variants + total,  # stored ones have none for their titles
                "movements": variants,
                "channel_listings": listings,
                "seedings": listings,
                "pushes allowed": total,
                "subjects": listings,
                "findings": total,  # nobody has counted the stock
            }
        return problems(Expected(self._sent, expected), found)

    async def _send(self, messages: Sequence[Message], timestamp_ms: int | None = None) -> None:
        for start in range(0, len(messages), _RELAYED):
            acknowledged = [
                await self._producer.send(
                    self._topic,
                    message.value,
                    key=message.key.encode(),
                    headers=message.headers,
                    timestamp_ms=timestamp_ms,
                )
                for message in messages[start : start + _RELAYED]
            ]
            await asyncio.gather(*acknowledged)
        self._sent += [message.key for message in messages]

    async def _settled(self) -> None:
        """Every event has its verdict, every consumer has handled everything, every outbox is published."""
        await self._verdicts.count(len(self._sent), _LONGEST_S, self._programs.require_running)

        async def is_done() -> bool:
            handled = await self._database.handled()
            if any(count < len(self._sent) for count in handled.values()):
                return False
            return self.mode == "naive" or not await self._database.unpublished()

        await eventually(is_done, 120.0, message=f"{self.mode} finished its backlog")

    def _usage(self) -> Usage:
        shared = {"broker": self._world.broker_pid, "sandbox": self._world.sandbox.pid}
        return Usage.of(
            {
                **self._programs.pids,
                "postgres": tree(self._world.postgres.child.pid),
                **{role: [pid] for role, pid in shared.items() if pid},
            }
        )

    def _memory(self) -> dict[str, float]:
        return {service: max(map(resident_mib, pids)) for service, pids in self._programs.pids.items()}
