"""Etsy's products and offerings as canonical variants."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.decoded import as_list, as_object, objects
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

LARGEST_AMOUNT = 10**15


def to_variants(
    payload: Mapping[str, Any], settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """At least one variant. Without an inventory record its quantity is unknown, never zero."""
    products = as_object(payload.get("inventory")).get("products")
    rows = [row for row in objects(products) if row.get("is_deleted") is not True]
    kept = fitting(rows, notes)
    if kept:
        variants = tuple(_variant(row, place, notes) for place, row in enumerate(kept))
    else:
        variants = (CanonicalVariant(external_id=SOLE, price=_money(payload.get("price"), notes)),)
    remark(variants, settings, notes, quantities=True)
    return variants


def _variant(product: Mapping[str, Any], place: int, notes: Notes) -> CanonicalVariant:
    offerings = [one for one in objects(product.get("offerings")) if one.get("is_deleted") is not True]
    if len(offerings) > 1:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.WARNING,
            "variants",
            "Of a variant's several offers the first counts.",
        )
    offering: Mapping[str, Any] = offerings[0] if offerings else {}
    quantity = offering.get("quantity")
    return CanonicalVariant(
        external_id=str(product.get("product_id") or f"#{place}")[:LONGEST_ID],
        sku=identifier(product.get("sku"))[:LONGEST_ID] or None,
        options=chosen_of(_options(product), notes),
        quantity=quantity if type(quantity) is int and quantity >= 0 else None,
        price=_money(offering.get("price"), notes),
        enabled=offering.get("is_enabled") is not False,
    )


def _options(product: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for value in map(as_object, as_list(product.get("property_values"))):
        parts = (part for one in as_list(value.get("values")) if (part := plain_text(one)))
        yield plain_text(value.get("property_name")), " / ".join(parts)


def _money(price: Any, notes: Notes) -> Money | None:
    price = as_object(price)
    amount, divisor, currency = price.get("amount"), price.get("divisor"), price.get("currency_code")
    told = type(amount) is int and type(divisor) is int and divisor >= 1 and 0 <= amount < LARGEST_AMOUNT
    return price_of(Decimal(amount) / Decimal(divisor) if told else None, currency_of(currency), notes)
