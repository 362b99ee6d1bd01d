"""Etsy's rate limits: per application, per second and per day, told in headers."""

from collections.abc import Callable
from dataclasses import dataclass

_DAY = 86_400


@dataclass(slots=True)
class Limits:
    """Requests allowed per application. Etsy's defaults are 10 a second and 10,000 a day."""

    per_second: int = 10
    per_day: int = 10_000


@dataclass(slots=True)
class _Window:
    second: int = -1
    in_second: int = 0
    day: int = -1
    in_day: int = 0


class Limiter:
    """Counts requests per application; ``now`` in seconds since 1970."""

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self.limits, self._now = limits, now
        self._windows: dict[str, _Window] = {}

    def count(self, app: str) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it is allowed, and Etsy's headers for the answer."""
        now = self._now()
        window = self._windows.setdefault(app, _Window())
        if window.second != (second := int(now)):
            window.second, window.in_second = second, 0
        if window.day != (day := int(now // _DAY)):
            window.day, window.in_day = day, 0
        limits = self.limits
        allowed = window.in_second < limits.per_second and window.in_day < limits.per_day
        if allowed:
            window.in_second += 1
            window.in_day += 1
        headers = {
            "x-limit-per-second": str(limits.per_second),
            "x-remaining-this-second": str(max(0, limits.per_second - window.in_second)),
            "x-limit-per-day": str(limits.per_day),
            "x-remaining-today": str(max(0, limits.per_day - window.in_day)),
        }
        if not allowed:
            until_tomorrow = int((day + 1) * _DAY - now) + 1
            headers["retry-after"] = "1" if window.in_day < limits.per_day else str(until_tomorrow)
        return allowed, headers
