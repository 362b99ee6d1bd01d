"""Shopify's variants as canonical ones."""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode, Option, OptionValue
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.gtin import is_gtin
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.shopify.graph import number
from truestock.marketplaces.text import identifier, plain_text

MOST_VARIANTS = 2_048
"""Shopify's own limit for a product."""
LONGEST_OPTION = 2_000
LONGEST_ID = 255
PRICE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
CURRENCY = re.compile(r"[A-Z]{3}")
UNVARIED = ("Title", "Default Title")
"""The option that Shopify gives to a product without options, in every language."""
SOLE = "sole"


def to_variants(
    product: Mapping[str, Any], currency: Any, settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """At least one variant. A quantity that Shopify does not track is unknown, never zero."""
    rows = [row for row in nodes_of(product.get("variants")) if isinstance(row, Mapping)]
    if len(rows) > MOST_VARIANTS:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.BLOCKER,
            "variants",
            f"The listing has {len(rows)} variants; {MOST_VARIANTS} is the most that can be held.",
        )
    variants = tuple(
        _variant(row, place, currency, notes) for place, row in enumerate(rows[:MOST_VARIANTS])
    ) or (_variant({}, 0, currency, notes),)
    _remark(variants, settings, notes)
    return variants


def options_of(variants: tuple[CanonicalVariant, ...]) -> tuple[Option, ...]:
    """Every option with the values in use, in the seller's order."""
    values: dict[str, dict[str, None]] = {}
    for variant in variants:
        for option in variant.options:
            values.setdefault(option.name, {})[option.value] = None
    return tuple(Option(name=name, values=tuple(used)) for name, used in values.items())


def nodes_of(value: Any) -> list[Any]:
    """The nodes of a connection; none where there is no connection."""
    nodes = value.get("nodes") if isinstance(value, Mapping) else None
    return nodes if isinstance(nodes, list) else []


def _variant(row: Mapping[str, Any], place: int, currency: Any, notes: Notes) -> CanonicalVariant:
    return CanonicalVariant(
        external_id=number(row.get("id"), "ProductVariant") or (f"#{place}" if row else SOLE),
        sku=identifier(row.get("sku"))[:LONGEST_ID] or None,
        gtin=_gtin(row.get("barcode"), notes),
        options=_options(row, notes),
        quantity=_quantity(row.get("inventoryItem"), notes),
        price=_money(row.get("price"), currency, notes),
    )


def _options(row: Mapping[str, Any], notes: Notes) -> tuple[OptionValue, ...]:
    chosen = row.get("selectedOptions")
    options = []
    for option in chosen if isinstance(chosen, list) else []:
        option = option if isinstance(option, Mapping) else {}
        name, value = plain_text(option.get("name")), plain_text(option.get("value"))
        if (name, value) == UNVARIED:
            continue
        if not value:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "variants", "An option without a value.")
            continue
        options.append(OptionValue(name=(name or "Option")[:LONGEST_OPTION], value=value[:LONGEST_OPTION]))
    return tuple(options)


def _quantity(item: Any, notes: Notes) -> int | None:
    """What can be sold now, over all locations; None when Shopify does not track it or does not say."""
    item = item if isinstance(item, Mapping) else {}
    if item.get("tracked") is False:
        notes.add(NoteCode.QUANTITY_UNKNOWN, Severity.WARNING, "quantity", "Shopify does not track it.")
        return None
    levels = item.get("inventoryLevels")
    available = [_available(level) for level in nodes_of(levels)]
    known = [quantity for quantity in available if quantity is not None]
    if item.get("tracked") is not True or not known or len(known) < len(available) or _cut(levels):
        notes.add(NoteCode.QUANTITY_UNKNOWN, Severity.WARNING, "quantity", "How many there are is not said.")
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
    if not isinstance(price, str) or not PRICE.fullmatch(price) or not price.isascii():
        notes.add(NoteCode.PRICE_MISSING, Severity.BLOCKER, "price", "No price that can be read.")
        return None
    if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        notes.add(NoteCode.CURRENCY_MISSING, Severity.BLOCKER, "price", "The price has no currency.")
        return None
    return Money(amount=Decimal(price), currency=currency)


def _remark(variants: tuple[CanonicalVariant, ...], settings: AccountSettings, notes: Notes) -> None:
    for variant in variants:
        if variant.sku is None:
            notes.add(NoteCode.SKU_MISSING, Severity.WARNING, "sku", "There is no SKU.")
        if variant.price and settings.currency and variant.price.currency != settings.currency:
            notes.add(
                NoteCode.CURRENCY_DIFFERS,
                Severity.WARNING,
                "price",
                f"The price is in {variant.price.currency}, the account's currency is {settings.currency}.",
            )
    used = Counter(variant.sku for variant in variants if variant.sku)
    for sku, times in used.items():
        if times > 1:
            notes.add(
                NoteCode.SKU_DUPLICATE, Severity.BLOCKER, "sku", f"SKU {sku} stands on {times} variants."
            )
