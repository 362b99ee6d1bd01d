"""How soon one batch follows another, where nobody waits for the effect of a single record."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pace:
    """Batches that begin at least ``every_s`` seconds apart; the first one after a quiet time at once.

    What comes meanwhile is handled together: a batch of ten costs little more than one of one.
    """

    def __init__(
        self,
        every_s: float,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._every_s = every_s
        self._now = now
        self._sleep = sleep
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until the next batch may begin."""
        early_s = self._next - self._now()
        if early_s > 0:
            await self._sleep(early_s)

    def begun(self) -> None:
        """A batch begins now."""
        self._next = self._now() + self._every_s
