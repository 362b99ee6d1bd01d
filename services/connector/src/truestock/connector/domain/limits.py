"""How a marketplace's limit by the second is divided among the processes that send under it (ADR 0017)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TERM = timedelta(seconds=1.5)
"""How long a share lasts: nobody new waits longer, and a busy process asks less than once a second."""
LONGEST = 2 * TERM
"""A share that ends later than this was given by a clock that has been put back since."""
LOOK = timedelta(seconds=1)
"""Where no rate is known, closings of others are looked for so often."""
ALERT = timedelta(seconds=0.25)
"""The same while closings are fresh: whoever was refused once is likely to be refused again."""
ALERT_FOR = timedelta(seconds=5)
SOONEST = timedelta(seconds=0.05)
KEPT_BACK = 0.1
"""Part of a limit that nobody gets: requests bunch together on their way, answers are late."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What the marketplace told last. ``bursts``: an unused rest is kept for later, as in a bucket."""

    per_second: int | None
    bursts: bool
    closed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A share that has not ended. ``wanted`` None: as much as is fair; ``per_second`` 0: it waits for one."""

    holder: str
    wanted: int | None
    per_second: int
    until: datetime

    def has_ended(self, now: datetime) -> bool:
        """Whether others may have it."""
        return not now < self.until <= now + LONGEST


@dataclass(frozen=True, slots=True)
class Part:
    """What one holder gets. ``per_second`` None: nothing bounds it. ``ask_by``: when it should ask again."""

    per_second: int | None
    ask_by: datetime


def usable(limit: Limit, holders: int) -> int:
    """What may be given away to so many holders.

    Evenly spaced senders with whole rates that sum up to S send at most S + holders - 1 requests in any one
    second, however their shares change in it: a limit without a bucket bears that.
    """
    assert limit.per_second is not None  # noqa: S101  # without a rate nothing is divided
    if limit.bursts:
        return limit.per_second
    return max(1, min(limit.per_second - holders, int(limit.per_second * (1 - KEPT_BACK))))


def divide(limit: Limit, held: Sequence[Held], holder: str, wanted: int | None, now: datetime) -> Part:
    """The part of ``holder``, such that all parts that have not ended together stay within the limit."""
    if limit.per_second is None:
        alert = limit.closed_until is not None and limit.closed_until > now - ALERT_FOR
        return Part(None, now + (ALERT if alert else LOOK))
    others = [one for one in held if one.holder != holder and not one.has_ended(now)]
    before = next((one.per_second for one in held if one.holder == holder), 0)
    total = usable(limit, 1 + len(others))
    free = max(0, total - sum(one.per_second for one in others))
    fair = _fair(total, wanted, [one.wanted for one in others])
    if fair == 0:
        # More holders than the rate has requests: who had one gives way to those that wait.
        fair = 0 if before else 1
    part = min(fair, free)
    if part == fair and part > 0:
        return Part(part, now + TERM)
    ends = min((one.until for one in others), default=now + TERM)
    return Part(part, min(max(ends, now + SOONEST), now + TERM))


def _fair(total: int, wanted: int | None, others: Sequence[int | None]) -> int:
    """Nobody gets more than wanted, and nobody less than an equal part of what the modest leave over."""
    left, sharers = total, 1 + len(others)
    own = total if wanted is None else min(wanted, total)
    for want in sorted(total if one is None else one for one in others):
        if want >= own:
            break
        left -= min(want, left // sharers)
        sharers -= 1
    return min(own, left // sharers)
