"""What a WooCommerce answer shows, read by declared paths and without the mapper.

A mapping mistake must not be able to agree with itself: this module imports nothing of the mapper and
must stay so (a test checks it). It tells values, never judges them.
"""

import html
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, OptionValue
from truestock.contracts.values import Money
from truestock.marketplaces.shown import at, each, one_line, text_at

CURRENCY = "currency"
VARIATIONS = "variations"
STATUS = "product.status"
STOCK_STATUS = "product.stock_status"
TITLE = "product.name"
PHOTOS = "product.images"
PHOTO_URL = "src"
PARENT_SKU = "product.sku"
OPTIONS = "attributes"
PRICES = ("price", "regular_price")
SHOWN_AS = {
    "publish": "active",
    "private": "inactive",
    "future": "inactive",
    "draft": "draft",
    "pending": "draft",
    "auto-draft": "draft",
    "trash": "removed",
}
LONGEST = 2_000
BREAK = re.compile(r"<\s*(?:br\s*/?|/p|/li|/div|/h[1-6]|/tr)\s*>", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z!][^>]*>")
PRICE = re.compile(r"[0-9]+(\.[0-9]+)?")


def extract(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    """The evidence of one product; values of the wrong type count as not shown."""
    rows = list(each(payload, VARIATIONS))
    product = at(payload, "product")
    return Evidence(
        listing_id=listing_id,
        state=_state(payload),
        title=_words(text_at(payload, TITLE), rounds=3)[:LONGEST],
        photos=tuple(_photos(payload)),
        variants=tuple(_variant(row, payload, len(rows)) for row in rows or [product]),
    )


def _state(payload: Mapping[str, Any]) -> ListingState:
    state = SHOWN_AS.get(text_at(payload, STATUS), "unknown")
    if state == "active" and text_at(payload, STOCK_STATUS) == "outofstock":
        state = "sold_out"
    return ListingState(state)


def _photos(payload: Mapping[str, Any]) -> dict[str, None]:
    shown = [*each(payload, PHOTOS), *(at(row, "image") for row in each(payload, VARIATIONS))]
    urls = (text_at(one, PHOTO_URL) for one in shown if at(one, "id") != 0)
    return dict.fromkeys(url for url in urls if _is_address(url))


def _variant(row: Any, payload: Mapping[str, Any], variations: int) -> EvidenceVariant:
    sku = text_at(row, "sku")
    # A variation without an own SKU shows the product's.
    inherited = variations > 1 and sku == text_at(payload, PARENT_SKU)
    return EvidenceVariant(
        sku=None if inherited else _words(sku)[:255] or None,
        options=tuple(_options(row)) if variations else (),
        quantity=_quantity(row),
        price=_money(row, at(payload, CURRENCY)),
    )


def _quantity(row: Any) -> int | None:
    count = at(row, "stock_quantity")
    if at(row, "manage_stock") is not True or isinstance(count, bool) or not isinstance(count, int | float):
        return None
    if not -(10**12) < count < 10**12 or count != int(count):
        return None
    return max(int(count), 0)


def _options(row: Any) -> Iterator[OptionValue]:
    seen = set()
    for one in each(row, OPTIONS):
        name = (_words(text_at(one, "name"), rounds=3) or "Option")[:LONGEST]
        value = _words(text_at(one, "option"), rounds=3)[:LONGEST]
        if value and name not in seen:
            seen.add(name)
            yield OptionValue(name=name, value=value)


def _money(row: Any, currency: Any) -> Money | None:
    for path in PRICES:
        price = at(row, path)
        text = str(price).strip() if type(price) in (str, int, float) else ""
        if PRICE.fullmatch(text):
            try:
                return Money(amount=Decimal(text), currency=currency)
            except (ValidationError, InvalidOperation):
                return None
    return None


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and len(text) <= LONGEST and "\0" not in text


def _words(text: str, *, rounds: int = 0) -> str:
    for _ in range(rounds):
        text = TAG.sub("", BREAK.sub(" ", html.unescape(text)))
    return one_line(text)
