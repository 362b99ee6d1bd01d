"""Call limits by the second and by the day, as marketplaces count that use fixed windows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

_DAY = 86_400


@dataclass(slots=True)
class CallLimits:
    """Requests allowed to each that is counted."""

    per_second: int
    per_day: int


class Left(NamedTuple):
    """What is left; ``day_ends`` in seconds since 1970 (days are UTC's)."""

    this_second: int
    today: int
    day_ends: int


@dataclass(slots=True)
class _Window:
    second: int = -1
    in_second: int = 0
    day: int = -1
    in_day: int = 0


class Calls:
    """Counts by key; ``now`` in seconds since 1970."""

    def __init__(self, limits: CallLimits, now: Callable[[], float]) -> None:
        self.limits, self._now = limits, now
        self._windows: dict[str, _Window] = {}

    def take(self, key: str) -> bool:
        """Count one request, if it is allowed; whether it is."""
        window, limits = self._window(key), self.limits
        if window.in_second >= limits.per_second or window.in_day >= limits.per_day:
            return False
        window.in_second += 1
        window.in_day += 1
        return True

    def left(self, key: str) -> Left:
        """What is left to this key."""
        window, limits = self._window(key), self.limits
        return Left(
            max(0, limits.per_second - window.in_second),
            max(0, limits.per_day - window.in_day),
            (window.day + 1) * _DAY,
        )

    def _window(self, key: str) -> _Window:
        now = self._now()
        window = self._windows.setdefault(key, _Window())
        if window.second != (second := int(now)):
            window.second, window.in_second = second, 0
        if window.day != (day := int(now // _DAY)):
            window.day, window.in_day = day, 0
        return window
