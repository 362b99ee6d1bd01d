"""Variants of a listing: how many can be held, their options, and what is remarked about them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from truestock.contracts.listing import CanonicalVariant, NoteCode, Option, OptionValue
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.notes import Notes

MOST_VARIANTS = 2_048
"""Shopify's limit for a product, the largest of all marketplaces'."""
LONGEST_OPTION = 2_000
SOLE = "sole"
"""The external id of the one variant of a listing of which the marketplace names none."""
_CURRENCY = re.compile(r"[A-Z]{3}")
_Row = TypeVar("_Row")


def fitting(rows: Sequence[_Row], notes: Notes) -> Sequence[_Row]:
    """As many variants as can be held; more than that is a blocker."""
    if len(rows) > MOST_VARIANTS:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.BLOCKER,
            "variants",
            f"The listing has {len(rows)} variants; {MOST_VARIANTS} is the most that can be held.",
        )
    return rows[:MOST_VARIANTS]


def chosen_of(named: Iterable[tuple[str, str]], notes: Notes) -> tuple[OptionValue, ...]:
    """What a variant is, from names and values in plain text; one without a value is noted."""
    options = []
    for name, value in named:
        if not value:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "variants", "An option without a value.")
            continue
        options.append(OptionValue(name=(name or "Option")[:LONGEST_OPTION], value=value[:LONGEST_OPTION]))
    return tuple(options)


def options_of(variants: Sequence[CanonicalVariant]) -> tuple[Option, ...]:
    """Every option with the values in use, in the seller's order."""
    values: dict[str, dict[str, None]] = {}
    for variant in variants:
        for option in variant.options:
            values.setdefault(option.name, {})[option.value] = None
    return tuple(Option(name=name, values=tuple(used)) for name, used in values.items())


def currency_of(value: Any) -> str | None:
    """An ISO 4217 code; None for what cannot be one."""
    return value if isinstance(value, str) and _CURRENCY.fullmatch(value) else None


def price_of(amount: Decimal | None, currency: str | None, notes: Notes) -> Money | None:
    """The price; None, noted, when its amount or its currency could not be read."""
    if amount is None:
        notes.add(NoteCode.PRICE_MISSING, Severity.BLOCKER, "price", "No price that can be read.")
        return None
    if currency is None:
        notes.add(NoteCode.CURRENCY_MISSING, Severity.BLOCKER, "price", "The price has no currency.")
        return None
    return Money(amount=amount, currency=currency)


def quantity_unknown(notes: Notes, why: str = "How many there are is not said.") -> None:
    """Say of one variant that its quantity is not known, which is not the same as none."""
    notes.add(NoteCode.QUANTITY_UNKNOWN, Severity.WARNING, "quantity", why)


def remark(
    variants: Sequence[CanonicalVariant], settings: AccountSettings, notes: Notes, *, quantities: bool = False
) -> None:
    """Missing and repeated SKUs, foreign currencies, and ``quantities`` unknown, if not noted before."""
    for variant in variants:
        if variant.sku is None:
            notes.add(NoteCode.SKU_MISSING, Severity.WARNING, "sku", "There is no SKU.")
        if quantities and variant.quantity is None:
            quantity_unknown(notes)
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
