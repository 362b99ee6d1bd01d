"""eBay's call limits: per seller and day and second, told by the analytics API and by no header."""

from collections.abc import Callable
from typing import Any

from truestock.sandbox.instants import with_milliseconds
from truestock.sandbox.windows import CallLimits, Calls

PER_SECOND, PER_DAY = 1_000, 2_000_000  # a day's is eBay's default for the Inventory API
_DAY = 86_400


class Limiter:
    """Counts requests per seller; ``now`` in seconds since 1970."""

    def __init__(self, limits: CallLimits, now: Callable[[], float]) -> None:
        self._limits, self._calls = limits, Calls(limits, now)

    def count(self, seller: str) -> bool:
        """Count one request: whether it is allowed."""
        return self._calls.take(seller)

    def rates(self, seller: str) -> list[dict[str, Any]]:
        """``Rate`` of the analytics API, of a day."""
        left = self._calls.left(seller)
        return [
            {
                "limit": self._limits.per_day,
                "remaining": left.today,
                "reset": with_milliseconds(left.day_ends),
                "timeWindow": _DAY,
            }
        ]
