"""eBay's call limits, which the Developer Analytics API tells and no header does.

``getUserRateLimits`` answers to a seller's token; ``getRateLimits`` (the application's quota) wants a token
of the application, which only the connector could get.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import (
    Gone,
    MarketplaceError,
    MissingScope,
    PartialRead,
    PermanentRefusal,
    RateLimited,
    Temporary,
)

PATH = "/developer/analytics/v1_beta/user_rate_limit/"
QUERY: dict[str, str | int] = {"api_context": "sell", "api_name": "inventory"}


def closed_until(body: Any, now: datetime) -> datetime | None:
    """When the last used-up quota of an analytics answer is renewed; None while there is room everywhere."""
    resets = [
        reset
        for rate in _rates(body)
        if rate.get("remaining") == 0 and (reset := _time(rate.get("reset"))) is not None and reset > now
    ]
    return max(resets, default=None)


async def read(api: Api) -> Any:
    """Ask for the limits, which closes the gate where one is used up; None when eBay does not tell them."""
    try:
        return await api.get(PATH, QUERY)
    except (Gone, MissingScope, PartialRead, PermanentRefusal, Temporary):
        return None  # the limits are a help: the read itself finds out what else is wrong


async def explained(api: Api, limited: RateLimited) -> RateLimited:
    """``limited`` with the time at which the quota is renewed, where eBay tells it."""
    try:
        until = closed_until(await read(api), limited.until)
    except RateLimited as still:
        until = still.until
    except MarketplaceError:
        until = None
    return RateLimited(str(limited), max(until, limited.until)) if until else limited


def _rates(body: Any) -> Iterator[Mapping[str, Any]]:
    for limit in _objects(body, "rateLimits"):
        for resource in _objects(limit, "resources"):
            yield from _objects(resource, "rates")


def _objects(value: Any, name: str) -> Iterator[Mapping[str, Any]]:
    rows = value.get(name) if isinstance(value, Mapping) else None
    return (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else iter(())


def _time(text: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return time.astimezone(UTC) if time.tzinfo else None
