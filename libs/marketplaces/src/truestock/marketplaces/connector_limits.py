"""The connector's internal API as :class:`SharedLimits`; how a request gets there is the service's."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from truestock.marketplaces.sharing import LimitsAway, Report, Share

MILLISECOND = timedelta(milliseconds=1)


class ConnectorLimits:
    """``ask`` posts a body about one connection and returns the decoded answer; it raises LimitsAway.

    ``holder`` names this process and nobody else.
    """

    def __init__(self, ask: Callable[[dict[str, Any]], Awaitable[Any]], holder: str) -> None:
        self._ask, self._holder = ask, holder

    async def share(self, report: Report) -> Share:
        """Tell and ask. Raises :class:`LimitsAway`, also for an answer that makes no sense."""
        closed_for = report.closed_for
        answer = await self._ask(
            {
                "holder": self._holder,
                "wanted": report.wanted,
                "per_second": report.per_second,
                "bursts": report.bursts,
                "closed_for_ms": None if closed_for is None else -(-closed_for // MILLISECOND),
            }
        )
        try:
            rate, closed = answer["per_second"], answer["closed_for_ms"]
            return Share(
                None if rate is None else max(0, int(rate)),
                timedelta(milliseconds=int(answer["valid_for_ms"])),
                None if closed is None else timedelta(milliseconds=int(closed)),
            )
        except (TypeError, ValueError, LookupError, OverflowError) as error:
            raise LimitsAway(f"the connector's answer is odd ({type(error).__name__})") from error
