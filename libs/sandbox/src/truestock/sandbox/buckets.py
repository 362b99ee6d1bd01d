"""Token buckets, as marketplaces use them that allow a burst and then a steady rate."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking from a bucket; ``wait`` is how many seconds until it would succeed (0: it did)."""

    allowed: bool
    left: float
    wait: float


@dataclass(slots=True)
class _Level:
    amount: float
    at: float


class Buckets:
    """One bucket for each key; full at first. ``now`` in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._levels: dict[Hashable, _Level] = {}

    def take(self, key: Hashable, *, rate: float, burst: float, cost: float = 1.0) -> Taken:
        """Take ``cost`` from a bucket that holds ``burst`` and refills with ``rate`` a second."""
        now = self._now()
        level = self._levels.setdefault(key, _Level(burst, now))
        level.amount = min(burst, level.amount + max(0.0, now - level.at) * rate)
        level.at = now
        if level.amount < cost:
            return Taken(False, level.amount, (cost - level.amount) / rate)
        level.amount -= cost
        return Taken(True, level.amount, 0.0)

    def give_back(self, key: Hashable, amount: float, *, burst: float) -> float:
        """Return what was taken too much (a query that cost less than it asked for); the new level."""
        if level := self._levels.get(key):
            level.amount = min(burst, level.amount + amount)
            return level.amount
        return burst
