"""Etsy's rate limits: per application, per second and per day, told in headers."""

from collections.abc import Callable

from truestock.sandbox.windows import CallLimits, Calls

PER_SECOND, PER_DAY = 10, 10_000  # Etsy's defaults for an application


class Limiter:
    """Counts requests per application; ``now`` in seconds since 1970."""

    def __init__(self, limits: CallLimits, now: Callable[[], float]) -> None:
        self._limits, self._calls, self._now = limits, Calls(limits, now), now

    def count(self, app: str) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it is allowed, and Etsy's headers for the answer."""
        allowed, limits = self._calls.take(app), self._limits
        left = self._calls.left(app)
        headers = {
            "x-limit-per-second": str(limits.per_second),
            "x-remaining-this-second": str(left.this_second),
            "x-limit-per-day": str(limits.per_day),
            "x-remaining-today": str(left.today),
        }
        if not allowed:
            until_tomorrow = int(left.day_ends - self._now()) + 1
            headers["retry-after"] = "1" if left.today else str(until_tomorrow)
        return allowed, headers
