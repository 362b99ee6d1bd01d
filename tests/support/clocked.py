"""A stack each of whose processes has a clock of its own: services, issuer (and sandbox), database."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial

import asyncpg
import httpx
from support.broker import broker_mode
from support.clocks import Clocks
from support.waiting import eventually

from truestock.local.options import Generated, StackOptions
from truestock.local.postgres import SERVICES, PostgresServer
from truestock.local.runs import Run
from truestock.local.stack import Stack

ISSUER, DATABASE = "sandbox", "database"
PROCESSES = (*SERVICES, ISSUER, DATABASE)
TOLERANCE_S = 60
"""A clock that is read through HTTP, on a busy machine."""
SERVICE_TOKEN_S = "30"
"""A service asks for another token so long before one ends: here, before each call."""


@dataclass
class Clocked:
    """A running stack, its clocks, and what was sent through it so far."""

    stack: Stack
    clocks: Clocks
    sent: dict[str, Sequence[int]] = field(default_factory=dict)
    vouched_for: set[str] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncIterator["Clocked"]:
        """With small batches; all clocks are right."""
        async with AsyncExitStack() as end:
            clocks = end.enter_context(Clocks.made())
            run = Run.open("test-clocks-database")
            end.callback(run.close)
            database = await PostgresServer.start(run, environment=clocks.environment(DATABASE))
            end.push_async_callback(database.stop)
            options = StackOptions(
                kind="test-clocks",
                mode=broker_mode(),
                postgres_url=database.url("postgres"),
                generated=Generated(listings=2, seed=7),
                sandbox_arguments=(
                    *("--accounts", "1", "--rate-limit", "500"),
                    *("--service-token-ttl", SERVICE_TOKEN_S),
                ),
                environment={
                    "TRUESTOCK_CONSUMER_MAX_RECORDS": "10",
                    "TRUESTOCK_OUTBOX_SWEEP_S": "0.3",
                    "TRUESTOCK_READER_POLL_S": "0.3",
                    "TRUESTOCK_TRACE_RATIO": "0.01",
                },
            )
            stack = await end.enter_async_context(Stack(options))
            for process in (ISSUER, *SERVICES):
                await stack.restart(process, clocks.environment(process))
            yield cls(stack, clocks)

    async def jump(self, offsets_s: Mapping[str, int]) -> None:
        """From now on these clocks are off by so many seconds; returns when they are."""
        for process, offset_s in offsets_s.items():
            self.clocks.set(process, offset_s)
        for process, offset_s in offsets_s.items():
            await eventually(partial(self._is_off_by, process, offset_s), message=process)

    async def _is_off_by(self, process: str, offset_s: int) -> bool:
        told = await (self._database() if process == DATABASE else self._server(process)) - time.time()
        assert abs(told - offset_s) < TOLERANCE_S, f"{process} is off by {told:.0f} s"
        return True

    async def _server(self, process: str) -> float:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            answer = await http.get(f"{self.stack[process].url}/livez")  # whatever it answers is dated
        return parsedate_to_datetime(answer.headers["date"]).timestamp()

    async def _database(self) -> float:
        connection = await asyncpg.connect(self.stack.postgres.url("postgres"))
        try:
            return float(await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())"))
        finally:
            await connection.close()
