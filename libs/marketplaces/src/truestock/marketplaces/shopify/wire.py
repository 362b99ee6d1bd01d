"""Shopify's access token header, cost points and error answers.

https://shopify.dev/docs/api/usage/limits and https://shopify.dev/docs/api/usage/response-codes
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

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

BACKOFF = timedelta(seconds=1)
"""What Shopify recommends where an answer does not say when points are back."""
MOST_A_SECOND = 100_000
LONGEST_CLOSED = timedelta(hours=1)
SECURITY_REFUSAL = 430
SCOPE = re.compile(r"\b(?:read|write)_[a-z_]{2,60}\b")
WORD = re.compile(r"[A-Z_]{2,60}")
SHOP_STATES = {
    HTTPStatus.PAYMENT_REQUIRED: "the shop is frozen: its owner must settle the account with Shopify",
    HTTPStatus.FORBIDDEN: "the shop refuses the application",
    HTTPStatus.LOCKED: "the shop is locked: its owner must ask Shopify to unlock it",
}


class ShopifyWire(JsonWire):
    """See :class:`truestock.marketplaces.api.Wire`. Points are counted per application and shop."""

    def headers(self, client_id: str, token: str) -> Mapping[str, str]:  # noqa: ARG002  # the protocol's
        """The token alone authenticates."""
        return {"x-shopify-access-token": token}

    def closed_until(self, response: httpx.Response, now: datetime) -> datetime | None:
        """Until the points of another query like this one are there again."""
        retry_after = _number(response.headers.get("retry-after"))
        if retry_after is not None:
            return now + _at_most_an_hour(retry_after)
        if not response.is_success:
            return None
        try:
            wait = _wait(json.loads(response.content))
        except ValueError:
            return None
        return now + wait if wait else None

    def pace(self, response: httpx.Response, content: Any) -> Pace | None:  # noqa: ARG002  # the body tells it
        """Points that come back in a second; while half of the bucket is full, nobody need be held back."""
        cost = _at(content, "extensions", "cost")
        status = _at(cost, "throttleStatus")
        asked, rate = _number(_at(cost, "requestedQueryCost")), _number(_at(status, "restoreRate"))
        available, most = _number(_at(status, "currentlyAvailable")), _number(_at(status, "maximumAvailable"))
        if asked is None or available is None or most is None or rate is None or rate < 1:
            return None
        roomy = available >= most / 2
        return Pace(int(min(rate, MOST_A_SECOND)), cost=max(asked, 1.0), bursts=True, roomy=roomy)

    def error(self, response: httpx.Response, now: datetime) -> MarketplaceError:
        """Classify by status; a 403 that names a scope is about that scope."""
        status = response.status_code
        said = f"Shopify answered {status}."
        if status in (HTTPStatus.TOO_MANY_REQUESTS, SECURITY_REFUSAL):
            return RateLimited(said, self.closed_until(response, now) or now + BACKOFF)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Temporary(said)
        if status == HTTPStatus.UNAUTHORIZED:
            return AccessExpired(said)
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return Gone("Shopify answered 404: there is no such shop (any more).")
        scopes = tuple(sorted(set(SCOPE.findall(response.text)))) if status == HTTPStatus.FORBIDDEN else ()
        if scopes:
            return MissingScope(f"Shopify answered 403: this needs {', '.join(scopes)}.", scopes)
        state = SHOP_STATES.get(HTTPStatus(status)) if status in SHOP_STATES else None
        return PermanentRefusal(f"Shopify answered {status}: {state}." if state else said)

    def refusal(self, content: Any, now: datetime) -> MarketplaceError | None:
        """GraphQL's errors come with status 200; the strictest one decides, and data beside it is partial."""
        errors = content.get("errors") if isinstance(content, dict) else None
        if not errors:
            return None
        codes = {_code(error) for error in errors} if isinstance(errors, list) else {""}
        said = f"Shopify refused the query ({', '.join(sorted(filter(None, codes))) or 'no reason given'})."
        if "THROTTLED" in codes:
            return RateLimited(said, now + (_wait(content) or BACKOFF))
        if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
            return Temporary(said)
        if "ACCESS_DENIED" in codes:
            scopes = tuple(sorted({scope for error in errors for scope in _scopes(error)}))
            return MissingScope(f"Shopify denied access{_needing(scopes)}.", scopes)
        return PermanentRefusal(said)


def _needing(scopes: tuple[str, ...]) -> str:
    return f": this needs {', '.join(scopes)}" if scopes else ""


def _wait(content: Any) -> timedelta | None:
    """How long until the same query fits into the bucket once more; None when it does, or nothing is said."""
    cost = _at(content, "extensions", "cost")
    status = _at(cost, "throttleStatus")
    asked = _number(_at(cost, "requestedQueryCost"))
    available, rate = _number(_at(status, "currentlyAvailable")), _number(_at(status, "restoreRate"))
    if asked is None or available is None or not rate or asked <= available:
        return None
    return _at_most_an_hour((asked - available) / rate)


def _at_most_an_hour(seconds: float) -> timedelta:
    return min(timedelta(seconds=min(seconds, 1e6)), LONGEST_CLOSED)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _code(error: Any) -> str:
    code = _at(error, "extensions", "code")
    return code if isinstance(code, str) and WORD.fullmatch(code) else ""


def _scopes(error: Any) -> list[str]:
    told = (_at(error, "extensions", "requiredAccess"), _at(error, "message"))
    return [scope for text in told if isinstance(text, str) for scope in SCOPE.findall(text)]


def _at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
