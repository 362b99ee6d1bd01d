"""What an Etsy answer shows, read by declared paths and without the mapper.

A mapping mistake must not be able to agree with itself: this module imports nothing of the mapper and
must stay so (the import contracts check it). It tells values, never judges them.
"""

import html
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from pydantic import ValidationError

from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, OptionValue
from truestock.contracts.values import Money

STATE = "state"
TITLE = "title"
PHOTOS = "images"
PHOTO_URL = "url_fullxfull"
PHOTO_RANK = "rank"
PRODUCTS = "inventory.products"
SKU = "sku"
OPTIONS = "property_values"
OPTION_NAME = "property_name"
OPTION_VALUES = "values"
OFFERINGS = "offerings"
QUANTITY = "quantity"
PRICE = "price"
DELETED = "is_deleted"
LONGEST = 2_000
UNREADABLE = ("Cc", "Cs")
BYTE_ORDER_MARK = "\ufeff"


def extract(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    """The evidence of one listing; values of the wrong type count as not shown."""
    photos = [photo for photo in _each(payload, PHOTOS) if _is_address(_text(photo, PHOTO_URL))]
    photos.sort(key=lambda photo: _whole(photo, PHOTO_RANK) or 0)
    variants = [_variant(product) for product in _each(payload, PRODUCTS) if at(product, DELETED) is not True]
    if not variants:
        variants = [EvidenceVariant(price=_money(at(payload, PRICE)))]
    return Evidence(
        listing_id=listing_id,
        state=ListingState(_text(payload, STATE) or "unknown"),
        title=_words(_text(payload, TITLE), escaped=2)[:LONGEST],
        photos=tuple(_text(photo, PHOTO_URL) for photo in photos),
        variants=tuple(variants),
    )


def at(value: Any, path: str) -> Any:
    """What lies at a dotted path of object keys; None where there is nothing."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _variant(product: Mapping[str, Any]) -> EvidenceVariant:
    offering = next((one for one in _each(product, OFFERINGS) if at(one, DELETED) is not True), {})
    quantity = _whole(offering, QUANTITY)
    return EvidenceVariant(
        sku=_words(_text(product, SKU))[:255] or None,
        options=tuple(_option(value) for value in _each(product, OPTIONS) if _chosen(value)),
        quantity=quantity if quantity is not None and quantity >= 0 else None,
        price=_money(at(offering, PRICE)),
    )


def _chosen(value: Mapping[str, Any]) -> list[Any]:
    values = at(value, OPTION_VALUES)
    return values if isinstance(values, list) else []


def _option(value: Mapping[str, Any]) -> OptionValue:
    chosen = " / ".join(_words(one, escaped=1) for one in _chosen(value) if isinstance(one, str))
    name = _words(_text(value, OPTION_NAME), escaped=1)
    return OptionValue(name=(name or "Option")[:LONGEST], value=chosen[:LONGEST])


def _money(price: Any) -> Money | None:
    amount, divisor, currency = (at(price, key) for key in ("amount", "divisor", "currency_code"))
    if type(amount) is not int or type(divisor) is not int or divisor < 1:
        return None
    try:
        return Money(amount=Decimal(amount) / Decimal(divisor), currency=currency)
    except (ValidationError, InvalidOperation):
        return None


def _each(value: Any, path: str) -> Iterator[Mapping[str, Any]]:
    found = at(value, path)
    return (one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else iter(())


def _text(value: Any, path: str) -> str:
    found = at(value, path)
    return found if isinstance(found, str) else ""


def _is_address(text: str) -> bool:
    return 0 < len(text) <= LONGEST and not any(category(c) in UNREADABLE for c in text)


def _whole(value: Any, path: str) -> int | None:
    found = at(value, path)
    return found if type(found) is int else None


def _words(text: str, *, escaped: int = 0) -> str:
    for _ in range(escaped):
        text = html.unescape(text)
    kept = (c for c in text if c.isspace() or (category(c) not in UNREADABLE and c != BYTE_ORDER_MARK))
    return " ".join("".join(kept).split())
