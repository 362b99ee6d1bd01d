"""Reading Amazon's structured attributes for the mapper: arrays of values per marketplace and language."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from truestock.contracts.values import Money
from truestock.marketplaces.decoded import as_object, objects
from truestock.marketplaces.text import plain_text

LONGEST_TEXT = 2_000
AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
CURRENCY = re.compile(r"[A-Z]{3}")


def here(value: Any, marketplace: str, key: str = "marketplaceId") -> Iterator[Mapping[str, Any]]:
    """The objects of an array that are about ``marketplace``, or about none in particular."""
    return (one for one in objects(value) if one.get(key) in (None, marketplace))


def attribute(item: Mapping[str, Any], name: str, marketplace: str) -> Iterator[Mapping[str, Any]]:
    """The values of one attribute."""
    return here(as_object(item.get("attributes")).get(name), marketplace, "marketplace_id")


def text_of(item: Mapping[str, Any], name: str, marketplace: str) -> str:
    """The first value of one attribute as plain text; "" where there is none."""
    return next((text for one in attribute(item, name, marketplace) if (text := words(one))), "")


def words(value: Mapping[str, Any]) -> str:
    """One attribute value as text: with its unit, and nested parts (size and size system) in their order."""
    plain = _scalar(value.get("value"))
    if plain:
        return f"{plain} {_scalar(value.get('unit'))}".strip()[:LONGEST_TEXT]
    parts = (
        text for name, one in value.items() if name not in _ABOUT and (text := _scalar(one) or _first(one))
    )
    return " ".join(parts)[:LONGEST_TEXT]


def money(amount: Any, currency: Any) -> Money | None:
    """An amount in a currency; None when either cannot be read."""
    number = isinstance(amount, int | float) and not isinstance(amount, bool) and abs(amount) < 10**15
    text = str(amount) if number or isinstance(amount, str) else ""
    if not AMOUNT.fullmatch(text) or not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        return None
    return Money(amount=Decimal(text), currency=currency)


_ABOUT = {"marketplace_id", "language_tag", "standardized_values", "unit", "value", "audience"}


def _first(value: Any) -> str:
    return next((text for one in objects(value) if (text := _scalar(one.get("value")))), "")


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value) if isinstance(value, int) and abs(value) < 10**15 else plain_text(value)
