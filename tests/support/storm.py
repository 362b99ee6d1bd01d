"""Kills services at random moments and starts them again, until it is told to end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from support.fault_plan import chance

from truestock.local.postgres import SERVICES
from truestock.local.stack import Stack

INTERVAL_S = (1.0, 3.0)
AT_WORK = 0.7
"""So often a process may become ready before its interval begins; otherwise it begins with its start."""


@dataclass
class Storm:
    """What the storm has done so far."""

    kills: Counter[str] = field(default_factory=Counter)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def on(cls, stack: Stack) -> AsyncIterator["Storm"]:
        """SIGKILL for each service again and again; afterwards all of them are ready again."""
        storm = cls()
        haunting = [asyncio.ensure_future(storm._haunt(stack, service)) for service in SERVICES]
        try:
            yield storm
        finally:
            storm.over.set()
            failures = [one for one in await asyncio.gather(*haunting, return_exceptions=True) if one]
        if failures:
            raise failures[0]
        await asyncio.gather(*(stack[service].ready() for service in SERVICES))

    async def _haunt(self, stack: Stack, service: str) -> None:
        moments, unit = chance(f"storm {service}"), stack[service]
        at_work = True
        while True:
            if at_work:
                await self._unless_over(unit.ready())
            with suppress(TimeoutError):
                async with asyncio.timeout(moments.uniform(*INTERVAL_S)):
                    await self.over.wait()
            if self.over.is_set():
                return
            await unit.kill()
            self.kills[service] += 1
            await unit.start(wait=False)
            at_work = moments.random() < AT_WORK

    async def _unless_over(self, ready: Coroutine[Any, Any, None]) -> None:
        waiting = asyncio.ensure_future(ready)
        over = asyncio.ensure_future(self.over.wait())
        await asyncio.wait([waiting, over], return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not waiting.done():
            waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
