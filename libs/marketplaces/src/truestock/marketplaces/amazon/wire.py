"""Amazon's authentication header, usage plans and error answers."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from truestock.marketplaces.answers import error_object
from truestock.marketplaces.api import JsonWire
from truestock.marketplaces.decoded import as_list
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

RATE = "x-amzn-RateLimit-Limit"
"""Requests per second of the called operation's usage plan; an answer may lack it."""
ONE_SECOND = timedelta(seconds=1)
MOST_A_SECOND = 100_000
LONGEST_PAUSE = timedelta(minutes=5)
TOKEN_TROUBLE = ("expired", "revoked, malformed or invalid", "access token is missing")
"""How the details of a 403 Unauthorized speak of the token itself; without them it is about permissions."""


class AmazonWire(JsonWire):
    """See :class:`truestock.marketplaces.api.Wire`."""

    def headers(self, client_id: str, token: str) -> Mapping[str, str]:  # noqa: ARG002  # the protocol's
        """The access token alone; it says which application it was given to."""
        return {"x-amz-access-token": token, "accept": "application/json"}

    def closed_until(self, response: httpx.Response, now: datetime) -> datetime | None:
        """Requests are spaced as the plan's rate says, so its burst is never needed and never overdrawn.

        Plans below one request per second (the Sellers API has one per minute) live on their burst: for
        them only a refusal closes the gate, or a second look at an account would wait for a minute.
        """
        spacing = _spacing(response)
        return None if spacing is None or spacing > ONE_SECOND else now + spacing

    def pace(self, response: httpx.Response, content: Any) -> Pace | None:  # noqa: ARG002  # a header tells it
        """The plan's rate, whole requests a second; slower plans live on their burst (see above)."""
        rate = _number(response, RATE)
        return None if rate is None or rate < 1 else Pace(int(min(rate, MOST_A_SECOND)), bursts=True)

    def error(self, response: httpx.Response, now: datetime) -> MarketplaceError:
        """Classify by status; a 403 by whether its details speak of the token."""
        code, words = _reason(response)
        said = f"Amazon answered {response.status_code}" + (f" ({code})." if code else ".")
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(said, now + (_asked(response) or _spacing(response) or ONE_SECOND))
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Temporary(said)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            return AccessExpired(said)
        if response.status_code == HTTPStatus.FORBIDDEN:
            # A token that the seller revoked is worded like a stale one: the refresh tells them apart.
            if any(word in words for word in TOKEN_TROUBLE):
                return AccessExpired(said)
            return MissingScope(f"{said} The application lacks a role, or the seller id is another seller's.")
        if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return Gone(said)
        return PermanentRefusal(said)


def _spacing(response: httpx.Response) -> timedelta | None:
    """The time between two requests at the plan's rate."""
    rate = _number(response, RATE)
    return None if rate is None else min(timedelta(seconds=1 / rate), LONGEST_PAUSE)


def _asked(response: httpx.Response) -> timedelta | None:
    """Not in Amazon's documentation, but what a proxy in front of it may say."""
    seconds = _number(response, "retry-after")
    return None if seconds is None else timedelta(seconds=min(seconds, 86_400))


def _number(response: httpx.Response, header: str) -> float | None:
    """A header's number, when it is above zero and no joke."""
    try:
        number = float(response.headers.get(header, ""))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0.001 else None


def _reason(response: httpx.Response) -> tuple[str, str]:
    """The first error's code, and its words in lower case (they may quote what was sent: never shown)."""
    errors = as_list(error_object(response).get("errors"))
    first = errors[0] if errors else None
    if not isinstance(first, Mapping):
        return "", ""
    code = re.sub(r"[^A-Za-z0-9_]", "", str(first.get("code") or ""))[:60]
    return code, f"{first.get('message')} {first.get('details')}".lower()
