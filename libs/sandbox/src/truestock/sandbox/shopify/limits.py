"""Shopify's cost points: a bucket per application and shop; a query takes what it may cost at most.

https://shopify.dev/docs/api/usage/limits
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from truestock.sandbox.buckets import Buckets

MOST_OF_ONE_QUERY = 1_000
_PER_REQUEST = 100


@dataclass(slots=True)
class Limits:
    """Points that the bucket holds and that come back each second; the defaults are of the standard plan."""

    maximum_available: float = 2_000.0
    restore_rate: float = 100.0

    @classmethod
    def of(cls, per_second: int | None) -> "Limits":
        """The defaults, or enough for so many ordinary queries a second."""
        if per_second is None:
            return cls()
        rate = float(per_second * _PER_REQUEST)
        return cls(max(rate * 2, 2.0 * MOST_OF_ONE_QUERY), rate)


class Points:
    """Takes and gives back points; ``now`` in seconds."""

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self.limits, self._buckets = limits, Buckets(now)

    def take(self, shop_id: str, cost: int) -> tuple[bool, float]:
        """Whether the query may run, and the points that are left."""
        limits = self.limits
        taken = self._buckets.take(
            shop_id, rate=limits.restore_rate, burst=limits.maximum_available, cost=float(cost)
        )
        return taken.allowed, taken.left

    def give_back(self, shop_id: str, points: int) -> float:
        """What the query did not need; the points that are left."""
        return self._buckets.give_back(shop_id, float(points), burst=self.limits.maximum_available)

    def told(self, asked: float, actual: int | None, left: float) -> dict[str, Any]:
        """``extensions.cost``."""
        return {
            "requestedQueryCost": asked,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": self.limits.maximum_available,
                "currentlyAvailable": int(left),
                "restoreRate": self.limits.restore_rate,
            },
        }
