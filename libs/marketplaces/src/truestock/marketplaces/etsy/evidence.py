"""What an Etsy answer shows, read by declared paths and without the mapper.

A mapping mistake must not be able to agree with itself: this module imports nothing of the mapper and
must stay so (the import contracts check it). It tells values, never judges them.
"""

import html
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, OptionValue
from truestock.contracts.values import Money
from truestock.marketplaces.shown import at, each, is_unreadable, one_line, text_at

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


def extract(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    """The evidence of one listing; values of the wrong type count as not shown."""
    photos = [photo for photo in each(payload, PHOTOS) if _is_address(text_at(photo, PHOTO_URL))]
    photos.sort(key=lambda photo: _whole(photo, PHOTO_RANK) or 0)
    variants = [_variant(product) for product in each(payload, PRODUCTS) if at(product, DELETED) is not True]
    if not variants:
        variants = [EvidenceVariant(price=_money(at(payload, PRICE)))]
    return Evidence(
        listing_id=listing_id,
        state=ListingState(text_at(payload, STATE) or "unknown"),
        title=_words(text_at(payload, TITLE), escaped=2)[:LONGEST],
        photos=tuple(text_at(photo, PHOTO_URL) for photo in photos),
        variants=tuple(variants),
    )


def _variant(product: Mapping[str, Any]) -> EvidenceVariant:
    offering = next((one for one in each(product, OFFERINGS) if at(one, DELETED) is not True), {})
    quantity = _whole(offering, QUANTITY)
    return EvidenceVariant(
        sku=_words(text_at(product, SKU))[:255] or None,
        options=tuple(_option(value) for value in each(product, OPTIONS) if _chosen(value)),
        quantity=quantity if quantity is not None and quantity >= 0 else None,
        price=_money(at(offering, PRICE)),
    )


def _chosen(value: Mapping[str, Any]) -> list[Any]:
    values = at(value, OPTION_VALUES)
    return values if isinstance(values, list) else []


def _option(value: Mapping[str, Any]) -> OptionValue:
    chosen = tuple(one for one in _chosen(value) if isinstance(one, str))
    return _option_of(text_at(value, OPTION_NAME), chosen)


@lru_cache(maxsize=4_096)  # a catalogue has few choices (Size M) and few prices, and each is a value
def _option_of(name: str, values: tuple[str, ...]) -> OptionValue:
    chosen = " / ".join(_words(one, escaped=1) for one in values)
    return OptionValue(name=(_words(name, escaped=1) or "Option")[:LONGEST], value=chosen[:LONGEST])


def _money(price: Any) -> Money | None:
    amount, divisor, currency = at(price, "amount"), at(price, "divisor"), at(price, "currency_code")
    if type(amount) is not int or type(divisor) is not int or divisor < 1 or type(currency) is not str:
        return None
    return _money_of(amount, divisor, currency)


@lru_cache(maxsize=4_096)
def _money_of(amount: int, divisor: int, currency: str) -> Money | None:
    try:
        return Money(amount=Decimal(amount) / Decimal(divisor), currency=currency)
    except (ValidationError, InvalidOperation):
        return None


def _is_address(text: str) -> bool:
    return 0 < len(text) <= LONGEST and not is_unreadable(text)


def _whole(value: Any, path: str) -> int | None:
    found = at(value, path)
    return found if type(found) is int else None


def _words(text: str, *, escaped: int = 0) -> str:
    if "&" in text:
        for _ in range(escaped):
            text = html.unescape(text)
    return one_line(text)
