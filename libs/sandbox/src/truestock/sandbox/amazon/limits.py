"""Amazon's usage plans: per seller and operation, a burst and then a steady rate, told in a header."""

from collections.abc import Callable
from dataclasses import dataclass

from truestock.sandbox.buckets import Buckets


@dataclass(slots=True)
class Limits:
    """Requests a second and burst of the listings and the sellers operations; the defaults are Amazon's."""

    listings_rate: float = 5.0
    listings_burst: float = 5.0
    sellers_rate: float = 0.016
    sellers_burst: float = 15.0

    @classmethod
    def of(cls, per_second: int | None) -> "Limits":
        """The defaults, or one rate for all operations."""
        if per_second is None:
            return cls()
        rate = float(per_second)
        return cls(rate, rate, rate, rate)


class Limiter:
    """Counts requests; ``now`` in seconds."""

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self.limits, self._buckets = limits, Buckets(now)

    def count(self, seller: str, path: str) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it is allowed, and the header for the answer."""
        limits, sellers = self.limits, "/sellers/" in path
        rate = limits.sellers_rate if sellers else limits.listings_rate
        burst = limits.sellers_burst if sellers else limits.listings_burst
        taken = self._buckets.take((seller, sellers), rate=rate, burst=burst)
        return taken.allowed, {"x-amzn-RateLimit-Limit": f"{rate:g}"}
