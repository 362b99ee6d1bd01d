"""Etsy's authentication headers, rate-limit signals and error answers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from truestock.marketplaces.answers import error_object, http_date
from truestock.marketplaces.api import JsonWire
from truestock.marketplaces.errors import (
    AccessExpired,
    Gone,
    MarketplaceError,
    MissingScope,
    PermanentRefusal,
    RateLimited,
    Temporary,
)
from truestock.marketplaces.sharing import Pace

ONE_SECOND = timedelta(seconds=1)
LONGEST_NUMBER = 6
DAY_USED_UP = timedelta(minutes=15)
"""Etsy's daily quota slides over 24 hours and its answer may not say when there is room: ask again then."""


class EtsyWire(JsonWire):
    """See :class:`truestock.marketplaces.api.Wire`."""

    def headers(self, client_id: str, token: str) -> Mapping[str, str]:
        """Etsy wants the application's key beside the bearer token."""
        return {"x-api-key": client_id, "authorization": f"Bearer {token}"}

    def closed_until(self, response: httpx.Response, now: datetime) -> datetime | None:
        """``retry-after`` rules; else the counter for this day, and for a second of unknown size.

        Where the answer tells the size, :meth:`pace` tells that the second is used up.
        """
        asked = _retry_after(response, now)
        if asked is not None:
            return asked
        if response.headers.get("x-remaining-today") == "0":
            return now + DAY_USED_UP
        if _second_used_up(response) and self.pace(response, None) is None:
            return now + ONE_SECOND
        return None

    def pace(self, response: httpx.Response, content: Any) -> Pace | None:  # noqa: ARG002  # headers tell it
        """Requests of the application in one second; what a second leaves over is lost."""
        told = response.headers.get("x-limit-per-second", "")
        if not (told.isascii() and told.isdigit() and 0 < len(told) <= LONGEST_NUMBER):
            return None
        return Pace(int(told), used_up=_second_used_up(response)) if int(told) else None

    def error(self, response: httpx.Response, now: datetime) -> MarketplaceError:
        """Classify by status first, then by Etsy's ``error`` word."""
        code, description = _reason(response)
        said = f"Etsy answered {response.status_code}" + (f" ({code}: {description})" if code else "") + "."
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(said, self.closed_until(response, now) or now + ONE_SECOND)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Temporary(said)
        if "scope" in code or "scope" in description.lower():
            return MissingScope(said)
        if "api" in code.lower() and "key" in code.lower():
            return PermanentRefusal(said)  # the application's key: another token would not help
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            return AccessExpired(said)
        if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return Gone(said)
        return PermanentRefusal(said)


def _reason(response: httpx.Response) -> tuple[str, str]:
    body = error_object(response)
    return str(body.get("error") or "")[:100], str(body.get("error_description") or "")[:200]


def _second_used_up(response: httpx.Response) -> bool:
    return bool(response.headers.get("x-remaining-this-second") == "0")


def _retry_after(response: httpx.Response, now: datetime) -> datetime | None:
    value = response.headers.get("retry-after", "").strip()
    try:
        return now + timedelta(seconds=max(0.0, min(float(value), 86_400.0)))
    except ValueError:
        return http_date(value)
