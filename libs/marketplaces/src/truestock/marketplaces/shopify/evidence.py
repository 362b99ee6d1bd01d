"""What a Shopify answer shows, read by declared paths and without the mapper.

A mapping mistake must not be able to agree with itself: this module imports nothing of the mapper and
must stay so. It tells values, never judges them.
"""

import html
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from unicodedata import category

from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, OptionValue
from truestock.contracts.values import Money

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
UNREADABLE = ("Cc", "Cs")
BYTE_ORDER_MARK = "\ufeff"


def extract(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    """The evidence of one product; values of the wrong type count as not shown."""
    currency = at(payload, CURRENCY)
    variants = [_variant(one, currency) for one in _each(payload, VARIANTS)][:MOST_VARIANTS]
    return Evidence(
        listing_id=listing_id,
        state=ListingState(SHOWN_AS.get(_text(payload, STATUS), "unknown")),
        title=_words(_text(payload, TITLE), escaped=3)[:LONGEST],
        photos=tuple(url for one in _each(payload, MEDIA) if _is_address(url := _text(one, PHOTO_URL))),
        variants=tuple(variants or [EvidenceVariant()]),
    )


def at(value: Any, path: str) -> Any:
    """What lies at a dotted path of object keys; None where there is nothing."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _variant(row: Mapping[str, Any], currency: Any) -> EvidenceVariant:
    return EvidenceVariant(
        sku=_words(_text(row, SKU))[:255] or None,
        options=tuple(option for one in _each(row, CHOSEN) if (option := _option(one))),
        quantity=_quantity(row),
        price=_money(_text(row, PRICE), currency),
    )


def _option(one: Mapping[str, Any]) -> OptionValue | None:
    name, value = _words(_text(one, "name"), escaped=3), _words(_text(one, "value"), escaped=3)
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
    named = (at(one, "quantity") for one in _each(level, QUANTITIES) if at(one, "name") == "available")
    quantity = next(named, None)
    return quantity if type(quantity) is int else None


def _money(price: str, currency: Any) -> Money | None:
    if not DECIMAL.fullmatch(price) or not isinstance(currency, str) or not CODE.fullmatch(currency):
        return None
    return Money(amount=Decimal(price), currency=currency)


def _each(value: Any, path: str) -> Iterator[Mapping[str, Any]]:
    found = at(value, path)
    return (one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else iter(())


def _text(value: Any, path: str) -> str:
    found = at(value, path)
    return found if isinstance(found, str) else ""


def _is_address(text: str) -> bool:
    return (
        len(text) <= LONGEST
        and text.startswith(("http://", "https://"))
        and not any(c.isspace() or category(c) in UNREADABLE for c in text)
    )


def _words(text: str, *, escaped: int = 0) -> str:
    for _ in range(escaped):
        text = TAG.sub("", html.unescape(text))
    kept = (c for c in text if c.isspace() or (category(c) not in UNREADABLE and c != BYTE_ORDER_MARK))
    return " ".join("".join(kept).split())
