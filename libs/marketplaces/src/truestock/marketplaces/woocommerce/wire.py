"""WooCommerce's authentication header and error answers. It has no rate limit of its own; hosts do."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

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

DEFAULT_PAUSE = timedelta(seconds=5)
"""After a 429 that does not say until when."""
LONGEST_PAUSE = 86_400.0
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
NO_API = "rest_no_route"


class WooCommerceWire(JsonWire):
    """See :class:`truestock.marketplaces.api.Wire`. A token is ``consumer_key:consumer_secret``."""

    def headers(self, client_id: str, token: str) -> Mapping[str, str]:  # noqa: ARG002  # the protocol's
        """HTTP Basic, never the query: addresses are logged."""
        return {"authorization": f"Basic {base64.b64encode(token.encode()).decode()}"}

    def closed_until(self, response: httpx.Response, now: datetime) -> datetime | None:
        """``retry-after`` of a host that is busy, or of a store in maintenance."""
        return _retry_after(response, now) if response.status_code in BUSY else None

    def error(self, response: httpx.Response, now: datetime) -> MarketplaceError:
        """Classify by status first, then by WordPress's ``code``.

        An unknown key is a 401 under several codes, depending on WordPress's version and plugins; a 403 is
        a key whose WordPress user may not read products or settings.
        """
        code, message = _reason(response)
        status = response.status_code
        said = f"The store answered {status}" + (f" ({code})." if code else ".")
        until = self.closed_until(response, now)
        if status == HTTPStatus.TOO_MANY_REQUESTS or until is not None:
            return RateLimited(said, until or now + DEFAULT_PAUSE)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Temporary(said)
        if code == "woocommerce_rest_authentication_error" and "read permission" in message:
            return MissingScope(said, ("read",))
        if status == HTTPStatus.UNAUTHORIZED:
            return AccessExpired(said)
        if status == HTTPStatus.FORBIDDEN and code.startswith("woocommerce_rest_cannot"):
            return MissingScope(f"{said} The keys' WordPress user must be a shop manager.", ("read",))
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return _no_api(said) if code == NO_API else Gone(said)
        if response.is_redirect:
            return PermanentRefusal(f"{said} It has moved: connect it under the address that it has now.")
        return PermanentRefusal(said)


def _no_api(said: str) -> MarketplaceError:
    return PermanentRefusal(
        f"{said} There is no WooCommerce API: WooCommerce must be active, with pretty permalinks."
    )


def _reason(response: httpx.Response) -> tuple[str, str]:
    """WordPress's error code, for messages, and its text, only to be looked at: it may quote anything."""
    body = error_object(response)
    code, message = body.get("code"), body.get("message")
    known = isinstance(code, str) and code.isascii() and code.replace("_", "").replace("-", "").isalnum()
    return str(code)[:100] if known else "", message if isinstance(message, str) else ""


def _retry_after(response: httpx.Response, now: datetime) -> datetime | None:
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return now + timedelta(seconds=min(float(value), LONGEST_PAUSE))
    until = http_date(value)
    return None if until is None else min(until, now + timedelta(seconds=LONGEST_PAUSE))
