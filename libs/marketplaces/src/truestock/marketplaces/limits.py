"""Rate limits from the marketplace's own signals: a request known to be refused is never sent."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from truestock.marketplaces.errors import RateLimited

LONGEST_WAIT = timedelta(seconds=5)
"""A caller is kept waiting this long at most; beyond it, it is told until when, and decides itself."""


class RateGate:
    """Remembers until when an application may not send. Share one per application and process."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        longest_wait: timedelta = LONGEST_WAIT,
    ) -> None:
        self.now = now
        self._sleep = sleep
        self._longest_wait = longest_wait
        self._closed_until: datetime | None = None

    def close_until(self, until: datetime) -> None:
        """Nothing may be sent before ``until``; an earlier time than the known one changes nothing."""
        if self._closed_until is None or until > self._closed_until:
            self._closed_until = until

    async def passage(self) -> None:
        """Return when a request may be sent; raises :class:`RateLimited` when that is too long to wait."""
        while self._closed_until is not None:
            wait = self._closed_until - self.now()
            if wait <= timedelta(0):
                self._closed_until = None
            elif wait > self._longest_wait:
                raise RateLimited("The marketplace's rate limit is used up.", self._closed_until)
            else:
                await self._sleep(wait.total_seconds())
