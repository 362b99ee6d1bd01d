"""What the processes that use one limit tell each other: closings, and each one's share of the rate.

No input and output here: a service brings a :class:`SharedLimits` that leads to the connector.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

log = logging.getLogger(__name__)

RENEWED_AT = 0.8
"""A share is renewed when so much of its time is over: an answer takes a fraction of the rest."""
PATIENCE_S = 0.5
"""A request waits so long for the shared view, once until the connector is heard of again."""
ANSWER_WITHIN_S = 5.0
"""A question is given up after this; nobody waits for it any more then."""
ALONE_FOR = timedelta(seconds=2)
"""Without the connector it is asked again after this."""
WORTH_TELLING = timedelta(seconds=0.5)
"""A shorter closing would be over before others hear of it; for those there are shares."""
LONGEST_TOLD = timedelta(days=1)
"""Others are told of a longer closing again when they would try."""
MOST_WANTED = 1_000_000
"""What is asked for a second at most."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
STARVED = timedelta(seconds=0.05)
"""Whoever has no share asks again no sooner than this."""
CATCH_UP = timedelta(seconds=0.01)
"""A sleeper wakes a little late: so much is made good, one hundredth of the second that is counted."""


class LimitsAway(Exception):
    """The shared view cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What an answer tells of a limit that is counted by the second.

    ``per_second``: requests (or cost points) allowed. ``cost``: what a request like this one takes of them.
    ``bursts``: an unused rest is kept for later (a bucket), so a short excess is no refusal. ``roomy``: so
    much is kept that nobody needs to be held back yet. ``used_up``: nothing is left in the running second.
    """

    per_second: int
    cost: float = 1.0
    bursts: bool = False
    roomy: bool = False
    used_up: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a process tells when it asks for its share; ``wanted`` a second, None: as much as is fair."""

    wanted: int | None = None
    per_second: int | None = None
    bursts: bool = False
    closed_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What a process may send for ``valid_for``: ``per_second``, None without a bound (no rate is known).

    ``closed_for``: what others were told; nothing may be sent meanwhile.
    """

    per_second: int | None
    valid_for: timedelta
    closed_for: timedelta | None = None


class SharedLimits(Protocol):
    """The limit of one application or account, as all processes see it."""

    async def share(self, report: Report) -> Share:
        """Tell and ask. Raises :class:`LimitsAway`."""
        ...


class SharedView:
    """One gate's view of a shared limit: at most one question under way, renewed ahead of its end.

    ``closed`` is told when others found the limit used up. Whatever the connector does, a request waits for
    it no longer than PATIENCE_S, and only once until the connector answers again.
    """

    def __init__(
        self,
        shared: SharedLimits,
        *,
        now: Callable[[], datetime],
        closed: Callable[[datetime], None],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._shared, self._now, self._closed, self._patience_s = shared, now, closed, patience_s
        self._rate: int | None = None
        self.until = self._renew_at = self._asked = self._known_closed = LONG_AGO
        self._last = self._next = LONG_AGO
        self._last_cost = 0.0
        self._pace: Pace | None = None
        self._spent = 0.0
        self._to_tell: datetime | None = None
        self._away = False
        self._question: asyncio.Task[None] | None = None

    @property
    def spaces(self) -> bool:
        """Whether requests are kept so far apart that no second holds more than the share allows."""
        return bool(self._rate)

    async def fresh(self) -> None:
        """Return when the view is fresh, or nobody can refresh it."""
        now = self._now()
        if now < self._renew_at:
            return
        question = self._ask()
        if now >= self.until and not self._away:
            done, _ = await asyncio.wait({question}, timeout=self._patience_s)
            if not done:
                self._alone("it does not answer")

    def ready_at(self) -> datetime | None:
        """When the share lets the next request pass; None: now."""
        now = self._now()
        if self._rate is None or (self._pace is not None and self._pace.roomy):
            return None
        if self._rate == 0:
            return max(self.until, now + STARVED)
        return self._next if self._next > now else None

    def passed(self) -> None:
        """A request is sent now."""
        cost = self._pace.cost if self._pace else 1.0
        self._spent += cost
        if self._rate and not (self._pace and self._pace.roomy):
            self._last, self._last_cost = max(self._next, self._now() - CATCH_UP), cost
            self._next = self._last + timedelta(seconds=cost / self._rate)

    def saw(self, pace: Pace) -> None:
        """What an answer told; a rate that others may not know of is told them before the next request."""
        before, self._pace = self._pace, pace
        if before is None or (pace.per_second, pace.bursts) != (before.per_second, before.bursts):
            self._renew_at = self.until = min(self.until, self._now())

    def tell(self, until: datetime) -> None:
        """The marketplace says that nothing may be sent before; the others hear of it, if that helps them."""
        if until - self._now() < WORTH_TELLING or until - self._known_closed < WORTH_TELLING:
            return
        self._known_closed = self._to_tell = until
        self._ask()

    def _ask(self) -> "asyncio.Task[None]":
        if self._question is None or self._question.done():
            # In no request's context: the answer is everybody's, and no part of the trace of who asked first.
            self._question = asyncio.create_task(self._exchange(), context=Context())
        return self._question

    async def _exchange(self) -> None:
        while True:
            sent = self._now()
            report, telling = self._report(sent), self._to_tell
            self._asked, self._spent = sent, 0.0
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    share = await self._shared.share(report)
            except (LimitsAway, TimeoutError) as error:
                return self._alone(str(error) or "it does not answer")
            self._take(share, sent)
            if self._to_tell == telling:
                self._to_tell = None
                return None

    def _report(self, now: datetime) -> Report:
        pace, closed = self._pace, self._to_tell
        return Report(
            wanted=self._wanted(now),
            per_second=pace.per_second if pace else None,
            bursts=pace.bursts if pace else False,
            closed_for=min(closed - now, LONGEST_TOLD) if closed is not None and closed > now else None,
        )

    def _wanted(self, now: datetime) -> int | None:
        """Twice what was used under the last share, so that a growing need is met; None without one."""
        elapsed = (now - self._asked).total_seconds()
        if not self._rate or not self._spent or elapsed <= 0 or now >= self.until:
            return None
        return min(math.ceil(2 * self._spent / elapsed), MOST_WANTED)

    def _take(self, share: Share, sent: datetime) -> None:
        if self._away:
            log.info("the connector shares rate limits again")
        self._away = False
        self._space(share.per_second, sent)
        self._rate, self.until = share.per_second, sent + share.valid_for
        self._renew_at = sent + share.valid_for * RENEWED_AT
        if share.closed_for is not None:
            until = sent + share.closed_for
            self._known_closed = max(self._known_closed, until)
            self._closed(until)

    def _space(self, rate: int | None, sent: datetime) -> None:
        """Keep the distance to the last request that the new rate wants.

        Whoever had no share begins without credit: others may have used up the second that runs.
        """
        if not rate:
            return
        began = self._rate and sent < self.until
        since, cost = (self._last, self._last_cost) if began else (self._now(), 1.0)
        if began or not (self._pace and self._pace.bursts):
            self._next = max(self._next, since + timedelta(seconds=cost / rate))

    def _alone(self, why: str) -> None:
        if not self._away:
            log.warning("rate limits are not shared with other processes now: %s", why)
        self._away = True
        self._rate = None
        self.until = self._renew_at = self._now() + ALONE_FOR
