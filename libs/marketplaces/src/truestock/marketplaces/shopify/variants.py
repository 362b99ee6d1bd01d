"""Shopify's variants as canonical ones."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.decoded import as_list, as_object
from truestock.marketplaces.gtin import is_gtin
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.mapping.texts import LONGEST_ID
from truestock.marketplaces.mapping.variants import (
    SOLE,
    chosen_of,
    currency_of,
    fitting,
    price_of,
    quantity_unknown,
    remark,
)
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.shopify.graph import number
from truestock.marketplaces.text import identifier, plain_text

PRICE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
UNVARIED = ("Title", "Default Title")
"""The option that Shopify gives to a product without options, in every language."""


def to_variants(
    product: Mapping[str, Any], currency: Any, settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """At least one variant. A quantity that Shopify does not track is unknown, never zero."""
    rows = [row for row in nodes_of(product.get("variants")) if isinstance(row, Mapping)]
    variants = tuple(
        _variant(row, place, currency, notes) for place, row in enumerate(fitting(rows, notes))
    ) or (_variant({}, 0, currency, notes),)
    remark(variants, settings, notes)
    return variants


def nodes_of(value: Any) -> list[Any]:
    """The nodes of a connection; none where there is no connection."""
    return as_list(as_object(value).get("nodes"))


def _variant(row: Mapping[str, Any], place: int, currency: Any, notes: Notes) -> CanonicalVariant:
    return CanonicalVariant(
        external_id=number(row.get("id"), "ProductVariant") or (f"#{place}" if row else SOLE),
        sku=identifier(row.get("sku"))[:LONGEST_ID] or None,
        gtin=_gtin(row.get("barcode"), notes),
        options=chosen_of(_options(row), notes),
        quantity=_quantity(row.get("inventoryItem"), notes),
        price=_money(row.get("price"), currency, notes),
    )


def _options(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for option in map(as_object, as_list(row.get("selectedOptions"))):
        chosen = plain_text(option.get("name")), plain_text(option.get("value"))
        if chosen != UNVARIED:
            yield chosen


def _quantity(item: Any, notes: Notes) -> int | None:
    """What can be sold now, over all locations; None when Shopify does not track it or does not say."""
    item = as_object(item)
    if item.get("tracked") is False:
        quantity_unknown(notes, "Shopify does not track it.")
        return None
    levels = item.get("inventoryLevels")
    available = [_available(level) for level in nodes_of(levels)]
    known = [quantity for quantity in available if quantity is not None]
    if item.get("tracked") is not True or not known or len(known) < len(available) or _cut(levels):
        quantity_unknown(notes)
        return None
    total = sum(known)
    if total < 0:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.WARNING,
            "quantity",
            "More was sold than there was; the quantity counts as 0.",
        )
    return max(0, total)


def _available(level: Any) -> int | None:
    quantities = level.get("quantities") if isinstance(level, Mapping) else None
    for one in quantities if isinstance(quantities, list) else []:
        if isinstance(one, Mapping) and one.get("name") == "available":
            quantity = one.get("quantity")
            return quantity if type(quantity) is int else None
    return None


def _cut(levels: Any) -> bool:
    info = levels.get("pageInfo") if isinstance(levels, Mapping) else None
    return isinstance(info, Mapping) and info.get("hasNextPage") is True


def _gtin(barcode: Any, notes: Notes) -> str | None:
    """Shopify's barcode is free text: what is no GTIN identifies nothing."""
    text = identifier(barcode)
    if not text:
        return None
    if is_gtin(text):
        return text
    notes.add(NoteCode.FIELD_DROPPED, Severity.INFO, "gtin", "A barcode that is not a valid GTIN.")
    return None


def _money(price: Any, currency: Any, notes: Notes) -> Money | None:
    told = isinstance(price, str) and PRICE.fullmatch(price)
    return price_of(Decimal(price) if told else None, currency_of(currency), notes)
