"""The parameters of a search, as strict as Amazon's model."""

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import Request

from truestock.sandbox.amazon.account import place_of
from truestock.sandbox.amazon.errors import invalid
from truestock.sandbox.amazon.wire import PARTS
from truestock.sandbox.shop import Shop

PAGED_THROUGH = 1_000
_MOST = 20
_SORTED = ("sku", "createdDate", "lastUpdatedDate")
_IDENTIFIERS = ("ASIN", "EAN", "FNSKU", "GTIN", "ISBN", "JAN", "MINSAN", "SKU", "UPC")


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for; ``skus`` None: everything. ``start``: how many results come before the page."""

    parts: frozenset[str]
    skus: tuple[str, ...] | None
    parent: str | None
    since: str
    before: str
    sort: str
    descending: bool
    size: int
    start: int


def search(request: Request, shop: Shop) -> Search:
    """Read the query. Raises Refusal."""
    query = request.query_params
    parts(request, shop)
    kind, given = query.get("identifiersType"), many(request, "identifiers")
    if (kind is None) != (not given):
        raise invalid("identifiers and identifiersType are given together or not at all.")
    if kind is not None and kind not in _IDENTIFIERS:
        raise invalid("Invalid value for identifiersType.")
    if kind not in (None, "SKU"):
        raise invalid("The sandbox searches by SKU alone.")
    if len(given) > _MOST:
        raise invalid(f"identifiers has more than {_MOST} values.")
    parent = query.get("variationParentSku")
    if parent and given:
        raise invalid("variationParentSku cannot be used together with identifiers.")
    sort, order = query.get("sortBy", "lastUpdatedDate"), query.get("sortOrder", "DESC")
    if sort not in _SORTED or order not in ("ASC", "DESC"):
        raise invalid("Invalid value for sortBy or sortOrder.")
    return Search(
        parts=parts(request, shop),
        skus=tuple(given) if given else None,
        parent=parent,
        since=query.get("createdAfter", ""),
        before=query.get("createdBefore", "~"),
        sort=sort,
        descending=order == "DESC",
        size=_size(query.get("pageSize", "10")),
        start=_start(query.get("pageToken")),
    )


def parts(request: Request, shop: Shop) -> frozenset[str]:
    """``includedData``, once ``marketplaceIds`` names the seller's marketplace. Raises Refusal."""
    if many(request, "marketplaceIds") != [place_of(shop).id]:
        raise invalid("marketplaceIds must name the marketplace where the seller sells.")
    asked = many(request, "includedData") or ["summaries"]
    if unknown := [name for name in asked if name not in PARTS]:
        raise invalid(f"Invalid value for includedData: {unknown[0]}")
    return frozenset(asked)


def token(start: int) -> str:
    """Amazon's page tokens tell nothing."""
    return base64.urlsafe_b64encode(f"start {start}".encode()).decode()


def many(request: Request, name: str) -> list[str]:
    """Values separated by commas."""
    return [part for part in request.query_params.get(name, "").split(",") if part]


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST):
        raise invalid(f"pageSize must be from 1 to {_MOST}.")
    return int(text)


def _start(given: str | None) -> int:
    if given is None:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(given.encode()).decode().partition(" ")
    except (binascii.Error, ValueError):
        word, number = "", ""
    if word != "start" or not number.isdigit() or not 0 < int(number) < PAGED_THROUGH:
        raise invalid("Invalid pageToken.")
    return int(number)
