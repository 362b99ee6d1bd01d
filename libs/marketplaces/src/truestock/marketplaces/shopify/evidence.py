"""What a Shopify answer shows, read by declared paths and without the mapper.

A mapping mistake must not be able to agree with itself: this module imports nothing of the mapper and
must stay so. It tells values, never judges them.
"""

import html
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, OptionValue
from truestock.contracts.values import Money
from truestock.marketplaces.shown import at, each, is_unreadable, one_line, text_at

CURRENCY = "currency"
STATUS = "product.status"
TITLE = "product.title"
MEDIA = "product.media.nodes"
PHOTO_URL = "image.url"
VARIANTS = "product.variants.nodes"
SKU = "sku"
PRICE = "price"
CHOSEN = "selectedOptions"
TRACKED = "inventoryItem.tracked"
LEVELS = "inventoryItem.inventoryLevels.nodes"
MORE_LEVELS = "inventoryItem.inventoryLevels.pageInfo.hasNextPage"
QUANTITIES = "quantities"
SHOWN_AS = {"ACTIVE": "active", "UNLISTED": "active", "ARCHIVED": "inactive", "DRAFT": "draft"}
NO_OPTIONS = "Default Title"
DECIMAL = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
CODE = re.compile(r"[A-Z]{3}")
TAG = re.compile(r"</?[a-zA-Z!][^>]*>")
LONGEST = 2_000
MOST_VARIANTS = 2_048


def extract(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    """The evidence of one product; values of the wrong type count as not shown."""
    currency = at(payload, CURRENCY)
    variants = [_variant(one, currency) for one in each(payload, VARIANTS)][:MOST_VARIANTS]
    return Evidence(
        listing_id=listing_id,
        state=ListingState(SHOWN_AS.get(text_at(payload, STATUS), "unknown")),
        title=_words(text_at(payload, TITLE), escaped=3)[:LONGEST],
        photos=tuple(url for one in each(payload, MEDIA) if _is_address(url := text_at(one, PHOTO_URL))),
        variants=tuple(variants or [EvidenceVariant()]),
    )


def _variant(row: Mapping[str, Any], currency: Any) -> EvidenceVariant:
    return EvidenceVariant(
        sku=_words(text_at(row, SKU))[:255] or None,
        options=tuple(option for one in each(row, CHOSEN) if (option := _option(one))),
        quantity=_quantity(row),
        price=_money(text_at(row, PRICE), currency),
    )


def _option(one: Mapping[str, Any]) -> OptionValue | None:
    name, value = _words(text_at(one, "name"), escaped=3), _words(text_at(one, "value"), escaped=3)
    if not value or (name == "Title" and value == NO_OPTIONS):
        return None
    return OptionValue(name=(name or "Option")[:LONGEST], value=value[:LONGEST])


def _quantity(row: Mapping[str, Any]) -> int | None:
    """The sum of what is available; nothing unless every location says it."""
    levels = at(row, LEVELS)
    if at(row, TRACKED) is not True or not isinstance(levels, list) or at(row, MORE_LEVELS) is True:
        return None
    shown = [_available(level) for level in levels]
    known = [quantity for quantity in shown if quantity is not None]
    return max(sum(known), 0) if known and len(known) == len(shown) else None


def _available(level: Any) -> int | None:
    named = (at(one, "quantity") for one in each(level, QUANTITIES) if at(one, "name") == "available")
    quantity = next(named, None)
    return quantity if type(quantity) is int else None


def _money(price: str, currency: Any) -> Money | None:
    if not DECIMAL.fullmatch(price) or not isinstance(currency, str) or not CODE.fullmatch(currency):
        return None
    return Money(amount=Decimal(price), currency=currency)


def _is_address(text: str) -> bool:
    return (
        len(text) <= LONGEST
        and text.startswith(("http://", "https://"))
        and not (is_unreadable(text) or any(c.isspace() for c in text))
    )


def _words(text: str, *, escaped: int = 0) -> str:
    for _ in range(escaped):
        text = TAG.sub("", html.unescape(text))
    return one_line(text)
