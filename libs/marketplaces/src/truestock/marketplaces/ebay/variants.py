"""What eBay shows of variants, made canonical."""

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode, Option, OptionValue
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.ebay.seen import SeenVariant
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import identifier, plain_text

MOST_VARIANTS = 2_048
LONGEST_OPTION = 2_000
LONGEST_ID = 255
AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
GTIN = re.compile(r"\d{8}|\d{10}|\d{12,14}", re.ASCII)
SOLE = "sole"
"""The external id of a variant that carries no SKU and stands alone."""


def to_variants(
    seen: Sequence[SeenVariant], settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """At least one variant; a quantity that eBay does not tell is unknown, never zero."""
    if len(seen) > MOST_VARIANTS:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.BLOCKER,
            "variants",
            f"The listing has {len(seen)} variants; {MOST_VARIANTS} is the most that can be held.",
        )
    variants = tuple(_variant(one, place, notes) for place, one in enumerate(seen[:MOST_VARIANTS])) or (
        CanonicalVariant(external_id=SOLE, price=_money(None, None, notes)),
    )
    _remark(variants, settings, notes)
    return variants


def options_of(variants: tuple[CanonicalVariant, ...]) -> tuple[Option, ...]:
    """Every option with the values in use, in the seller's order."""
    values: dict[str, dict[str, None]] = {}
    for variant in variants:
        for option in variant.options:
            values.setdefault(option.name, {})[option.value] = None
    return tuple(Option(name=name, values=tuple(used)) for name, used in values.items())


def _variant(seen: SeenVariant, place: int, notes: Notes) -> CanonicalVariant:
    sku = identifier(seen.sku)[:LONGEST_ID] or None
    if seen.several_offers:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.WARNING,
            "variants",
            "Of a variant's several offers the published one at a fixed price counts.",
        )
    gtins = (identifier(one) for one in seen.gtins)
    return CanonicalVariant(
        external_id=sku or (f"#{place}" if place else SOLE),
        sku=sku,
        gtin=next((one for one in gtins if GTIN.fullmatch(one)), None),
        options=_options(seen, notes),
        quantity=seen.quantity,
        price=_money(seen.amount, seen.currency, notes),
    )


def _options(seen: SeenVariant, notes: Notes) -> tuple[OptionValue, ...]:
    options = []
    for name, value in seen.options:
        text = plain_text(value)
        if not text:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "variants", "An option without a value.")
            continue
        options.append(
            OptionValue(name=(plain_text(name) or "Option")[:LONGEST_OPTION], value=text[:LONGEST_OPTION])
        )
    return tuple(options)


def _money(amount: Any, currency: Any, notes: Notes) -> Money | None:
    text = str(amount) if type(amount) in (int, float, str) else ""
    if not AMOUNT.fullmatch(text):
        notes.add(NoteCode.PRICE_MISSING, Severity.BLOCKER, "price", "No price that can be read.")
        return None
    if not isinstance(currency, str) or len(currency) != 3 or not (currency.isascii() and currency.isupper()):
        notes.add(NoteCode.CURRENCY_MISSING, Severity.BLOCKER, "price", "The price has no currency.")
        return None
    return Money(amount=Decimal(text), currency=currency)


def _remark(variants: tuple[CanonicalVariant, ...], settings: AccountSettings, notes: Notes) -> None:
    for variant in variants:
        if variant.sku is None:
            notes.add(NoteCode.SKU_MISSING, Severity.WARNING, "sku", "There is no SKU.")
        if variant.quantity is None:
            notes.add(
                NoteCode.QUANTITY_UNKNOWN, Severity.WARNING, "quantity", "How many there are is not said."
            )
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
