"""Rate limits from the marketplace's own signals: a request known to be refused is never sent."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from truestock.marketplaces.errors import RateLimited
from truestock.marketplaces.sharing import PATIENCE_S, STARVED, Pace, SharedLimits, SharedView

LONGEST_WAIT = timedelta(seconds=5)
"""A caller is kept waiting this long at most; beyond it, it is told until when, and decides itself."""

ONE_SECOND = timedelta(seconds=1)

_STARTED, _STARTED_S = datetime.now(UTC), time.monotonic()


def steady_now() -> datetime:
    """UTC at the start of the process and what has passed since: setting the clock moves no wait."""
    return _STARTED + timedelta(seconds=time.monotonic() - _STARTED_S)


class RateGate:
    """Remembers until when an application may not send. Share one per application and process.

    With ``shared`` it also knows what other processes were told, and keeps to its share of the rate; while
    nobody can be asked, it goes by what this process was told itself.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = steady_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        longest_wait: timedelta = LONGEST_WAIT,
        shared: SharedLimits | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.now = now
        self._sleep = sleep
        self._longest_wait = longest_wait
        self._closed_until: datetime | None = None
        self._turn = asyncio.Lock()
        self._view = (
            SharedView(shared, now=now, closed=self._close, patience_s=patience_s) if shared else None
        )

    def close_until(self, until: datetime) -> None:
        """Nothing may be sent before ``until``; an earlier time than the known one changes nothing."""
        self._close(until)
        if self._view is not None:
            self._view.tell(until)

    def saw(self, pace: Pace | None) -> None:
        """What an answer told of a limit by the second, if anything."""
        if pace is None:
            return
        if self._view is not None:
            self._view.saw(pace)
        # The last request that a share allows in a second always uses it up, and the next one waits anyway.
        if pace.used_up and not (self._view is not None and self._view.spaces):
            self.close_until(self.now() + ONE_SECOND)

    def bears(self, until: datetime) -> bool:
        """Whether a caller is kept waiting until then, rather than told."""
        return until - self.now() <= self._longest_wait

    async def passage(self) -> None:
        """Return when a request may be sent; raises :class:`RateLimited` when that is too long to wait."""
        if self._view is None:
            return await self._opened()
        async with self._turn:
            while True:
                await self._view.fresh()
                await self._opened()
                ready = self._view.ready_at()
                if ready is None:
                    return self._view.passed()
                await self._until(ready, self._view)

    def _close(self, until: datetime) -> None:
        if self._closed_until is None or until > self._closed_until:
            self._closed_until = until

    async def _opened(self) -> None:
        while self._closed_until is not None:
            wait = self._closed_until - self.now()
            if wait <= timedelta(0):
                self._closed_until = None
            elif wait > self._longest_wait:
                raise RateLimited("The marketplace's rate limit is used up.", self._closed_until)
            else:
                await self._sleep(wait.total_seconds())

    async def _until(self, ready: datetime, view: SharedView) -> None:
        """Wait for the turn that the share gives, but no longer than the share itself lasts."""
        now = self.now()
        if ready - now > self._longest_wait:
            raise RateLimited("The marketplace's rate limit is used up by others, too.", ready)
        wait = ready - now if ready <= view.until else max(view.until - now, STARVED)
        await self._sleep(wait.total_seconds())


class Gates:
    """The gates of one process: one for whatever a marketplace counts together."""

    def __init__(self, *, longest_wait: timedelta = LONGEST_WAIT) -> None:
        self._longest_wait = longest_wait
        self._found: dict[tuple[str, str | None], RateGate] = {}

    def of(
        self,
        marketplace: str,
        account: str | None,
        *,
        per_account: bool,
        shared: Callable[[], SharedLimits | None] = lambda: None,
    ) -> RateGate:
        """The gate of an account, or of our application for all; ``shared`` is a new one's view."""
        counted = marketplace, account if per_account else None
        if counted not in self._found:
            self._found[counted] = RateGate(longest_wait=self._longest_wait, shared=shared())
        return self._found[counted]
