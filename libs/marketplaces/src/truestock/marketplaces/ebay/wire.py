"""eBay's authentication headers, limits and error answers: JSON, and the Trading API's XML."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from truestock.marketplaces.answers import error_object
from truestock.marketplaces.api import JsonWire
from truestock.marketplaces.decoded import as_list, objects
from truestock.marketplaces.ebay import limits, markup
from truestock.marketplaces.errors import (
    AccessExpired,
    Gone,
    MarketplaceError,
    MissingScope,
    PermanentRefusal,
    RateLimited,
    Temporary,
)

PAUSE = timedelta(seconds=2)
"""After a 429 without a time: long enough to be polite, short enough to ask the analytics API then."""
LONGEST_PAUSE = 86_400.0
MISSING_SCOPE = {1100}
GONE = {25702, 25705, 25708, 25710, 25713}
"""SKU, group, impossible SKU, resource and offer that eBay does not know; listed under 400 as well as 404."""
TRADING_EXPIRED = {"930", "931", "932", "16110", "21916984", "21917053"}
TRADING_LIMITED = {"518"}
TRADING_GONE = {"17", "1505"}
TRADING_TEMPORARY = {"10007"}
_PATHS_OF_XML = "/ws/api.dll"


class EbayWire(JsonWire):
    """See :class:`truestock.marketplaces.api.Wire`."""

    def headers(self, client_id: str, token: str) -> Mapping[str, str]:  # noqa: ARG002  # the protocol's
        """A bearer token, and the same token where the Trading API looks for it."""
        return {"authorization": f"Bearer {token}", "x-ebay-api-iaf-token": token}

    def decode(self, response: httpx.Response) -> Any:
        """JSON or XML; None for an answer without content."""
        if response.status_code == HTTPStatus.NO_CONTENT:
            return None
        if response.request.url.path.endswith(_PATHS_OF_XML):
            return markup.parse(response.content)
        return super().decode(response)

    def closed_until(self, response: httpx.Response, now: datetime) -> datetime | None:
        """``retry-after`` where it is sent; else what the analytics API says of used-up quotas."""
        asked = _seconds(response)
        if asked is not None:
            return now + asked
        if response.status_code == HTTPStatus.OK and response.request.url.path.endswith(limits.PATH):
            try:
                return limits.closed_until(response.json(), now)
            except ValueError:
                return None
        return None

    def error(self, response: httpx.Response, now: datetime) -> MarketplaceError:
        """Classify by eBay's error ids where they say more than the status."""
        ids = set(_error_ids(response))
        said = f"eBay answered {response.status_code}" + (
            f" (error {', '.join(map(str, sorted(ids)))})." if ids else "."
        )
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(said, now + (_seconds(response) or PAUSE))
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Temporary(said)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            return AccessExpired(said)
        if response.status_code == HTTPStatus.FORBIDDEN and ids & MISSING_SCOPE:
            return MissingScope(said)
        if ids & GONE or (ids and response.status_code == HTTPStatus.NOT_FOUND):
            return Gone(said)  # eBay's own word; a bare 404 may come from anything on the way
        return PermanentRefusal(said)

    def refusal(self, content: Any, now: datetime) -> MarketplaceError | None:
        """The Trading API answers 200 and says ``Ack`` = ``Failure``."""
        if not isinstance(content, Mapping) or content.get("Ack") not in ("Failure", "PartialFailure"):
            return None
        codes = {_code(error) for error in as_list(content.get("Errors")) if not _is_warning(error)}
        said = f"eBay's Trading API refused (error {', '.join(sorted(codes)) or 'unknown'})."
        if codes & TRADING_EXPIRED:
            return AccessExpired(said)
        if codes & TRADING_LIMITED:
            return RateLimited(said, now + PAUSE)
        if codes & TRADING_GONE:
            return Gone(said)
        return Temporary(said) if codes & TRADING_TEMPORARY else PermanentRefusal(said)


def _error_ids(response: httpx.Response) -> Iterator[int]:
    for error in objects(error_object(response).get("errors")):
        error_id = error.get("errorId")
        if type(error_id) is int:
            yield error_id


def _seconds(response: httpx.Response) -> timedelta | None:
    value = response.headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        return None
    return timedelta(seconds=min(seconds, LONGEST_PAUSE)) if seconds > 0 else None


def _code(error: Any) -> str:
    code = error.get("ErrorCode") if isinstance(error, Mapping) else None
    return code if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) < 12 else "?"


def _is_warning(error: Any) -> bool:
    return isinstance(error, Mapping) and error.get("SeverityCode") == "Warning"
