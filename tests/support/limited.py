"""A marketplace that counts by the second, gates that share its limit, and a connector in memory."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from support import virtual_time

from truestock.connector.domain.limits import TERM, Held, Limit, divide
from truestock.marketplaces.limits import RateGate
from truestock.marketplaces.sharing import LimitsAway, Pace, Report, Share

SECOND = timedelta(seconds=1)


@dataclass
class Window:
    """Counts requests in any one second, wherever it begins; ``most`` is the largest count so far."""

    seen: list[datetime] = field(default_factory=list)

    def last_second(self) -> int:
        """The number of requests in the second that ends now."""
        return len(self.seen) - bisect_right(self.seen, virtual_time.now() - SECOND)

    def most(self) -> int:
        """The largest number of requests in a second."""
        times = sorted(self.seen)
        return max((bisect_left(times, first + SECOND) - at for at, first in enumerate(times)), default=0)


@dataclass
class Connector:
    """Divides one limit by the connector's own rule; ``away``: it refuses; ``silent``: it never answers."""

    limit: Limit = field(default_factory=lambda: Limit(None, False, None))
    held: dict[str, Held] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    delay_s: float = 0.0
    away: bool = False
    silent: bool = False

    def of(self, holder: str) -> "Holder":
        """The view of one process."""
        return Holder(self, holder)

    async def answer(self, holder: str, report: Report) -> Share:
        """What the service does."""
        self.reports.append(report)
        if self.silent:
            await asyncio.Event().wait()
        await virtual_time.passes(self.delay_s)
        if self.away:
            raise LimitsAway("no connector")
        now, known = virtual_time.now(), self.limit
        told = now + report.closed_for if report.closed_for else None
        closed = max((one for one in (told, known.closed_until) if one), default=None)
        rate = known.per_second if report.per_second is None else report.per_second
        self.limit = limit = Limit(rate, report.bursts or known.bursts, closed)
        part = divide(limit, list(self.held.values()), holder, report.wanted, now)
        if part.per_second is not None:
            self.held[holder] = Held(holder, report.wanted, part.per_second, now + TERM)
        await virtual_time.passes(self.delay_s)
        left = closed - now if closed and closed > now else None
        return Share(part.per_second, part.ask_by - now, left)


@dataclass
class Holder:
    """See SharedLimits."""

    connector: Connector
    holder: str

    async def share(self, report: Report) -> Share:
        """Ask the connector."""
        return await self.connector.answer(self.holder, report)


def gate(connector: Connector | None, holder: str = "one") -> RateGate:
    """A process' gate, in virtual time."""
    shared = connector.of(holder) if connector else None
    return RateGate(now=virtual_time.now, shared=shared)


async def reading(
    gate: RateGate, window: Window, pace: Pace, *, pauses: Sequence[float], until: float, tells: bool = False
) -> int:
    """Send as often as the gate lets, pausing as told in turn; how many requests were sent.

    ``tells``: the last answer of a second says that no request is left in it.
    """
    sent = 0
    while asyncio.get_running_loop().time() < until:
        await gate.passage()
        window.seen.append(virtual_time.now())
        sent += 1
        gate.saw(replace(pace, used_up=tells and window.last_second() >= pace.per_second))
        await virtual_time.passes(pauses[sent % len(pauses)])
    return sent
