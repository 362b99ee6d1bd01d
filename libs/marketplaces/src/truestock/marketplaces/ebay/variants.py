"""What eBay shows of variants, made canonical."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.ebay.seen import SeenVariant
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.mapping.texts import LONGEST_ID
from truestock.marketplaces.mapping.variants import (
    SOLE,
    chosen_of,
    currency_of,
    fitting,
    price_of,
    remark,
)
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import identifier, plain_text

AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
GTIN = re.compile(r"\d{8}|\d{10}|\d{12,14}", re.ASCII)


def to_variants(
    seen: Sequence[SeenVariant], settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """At least one variant; a quantity that eBay does not tell is unknown, never zero."""
    variants = tuple(_variant(one, place, notes) for place, one in enumerate(fitting(seen, notes))) or (
        CanonicalVariant(external_id=SOLE, price=_money(None, None, notes)),
    )
    remark(variants, settings, notes, quantities=True)
    return variants


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
        options=chosen_of(((plain_text(name), plain_text(value)) for name, value in seen.options), notes),
        quantity=seen.quantity,
        price=_money(seen.amount, seen.currency, notes),
    )


def _money(amount: Any, currency: Any, notes: Notes) -> Money | None:
    text = str(amount) if type(amount) in (int, float, str) else ""
    return price_of(Decimal(text) if AMOUNT.fullmatch(text) else None, currency_of(currency), notes)
