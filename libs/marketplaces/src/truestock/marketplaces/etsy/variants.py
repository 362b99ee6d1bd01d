"""Etsy's products and offerings as canonical variants."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode, Option, OptionValue
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import identifier, plain_text

MOST_VARIANTS = 2_048
LONGEST_OPTION = 2_000
LONGEST_ID = 255
LARGEST_AMOUNT = 10**15
SOLE = "sole"
"""The external id of the one variant of a listing that has no inventory record."""


def to_variants(
    payload: Mapping[str, Any], settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """At least one variant. Without an inventory record its quantity is unknown, never zero."""
    inventory = payload.get("inventory")
    products = inventory.get("products") if isinstance(inventory, Mapping) else None
    rows = [row for row in _list(products) if isinstance(row, Mapping) and row.get("is_deleted") is not True]
    if len(rows) > MOST_VARIANTS:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.BLOCKER,
            "variants",
            f"The listing has {len(rows)} variants; {MOST_VARIANTS} is the most that can be held.",
        )
    if rows:
        variants = tuple(_variant(row, place, notes) for place, row in enumerate(rows[:MOST_VARIANTS]))
    else:
        variants = (CanonicalVariant(external_id=SOLE, price=_money(payload.get("price"), notes)),)
    _remark(variants, settings, notes)
    return variants


def options_of(variants: tuple[CanonicalVariant, ...]) -> tuple[Option, ...]:
    """Every option with the values in use, in the seller's order."""
    values: dict[str, dict[str, None]] = {}
    for variant in variants:
        for option in variant.options:
            values.setdefault(option.name, {})[option.value] = None
    return tuple(Option(name=name, values=tuple(used)) for name, used in values.items())


def _variant(product: Mapping[str, Any], place: int, notes: Notes) -> CanonicalVariant:
    offerings = [
        one
        for one in _list(product.get("offerings"))
        if isinstance(one, Mapping) and one.get("is_deleted") is not True
    ]
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
        options=_options(product, notes),
        quantity=quantity if type(quantity) is int and quantity >= 0 else None,
        price=_money(offering.get("price"), notes),
        enabled=offering.get("is_enabled") is not False,
    )


def _options(product: Mapping[str, Any], notes: Notes) -> tuple[OptionValue, ...]:
    options = []
    for value in _list(product.get("property_values")):
        chosen = _list(value.get("values")) if isinstance(value, Mapping) else []
        text = " / ".join(part for one in chosen if (part := plain_text(one)))
        if not text:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "variants", "An option without a value.")
            continue
        name = plain_text(value.get("property_name")) or "Option"
        options.append(OptionValue(name=name[:LONGEST_OPTION], value=text[:LONGEST_OPTION]))
    return tuple(options)


def _money(price: Any, notes: Notes) -> Money | None:
    price = price if isinstance(price, Mapping) else {}
    amount, divisor, currency = price.get("amount"), price.get("divisor"), price.get("currency_code")
    if type(amount) is not int or type(divisor) is not int or divisor < 1 or not 0 <= amount < LARGEST_AMOUNT:
        notes.add(NoteCode.PRICE_MISSING, Severity.BLOCKER, "price", "No price that can be read.")
        return None
    if not isinstance(currency, str) or len(currency) != 3 or not (currency.isascii() and currency.isupper()):
        notes.add(NoteCode.CURRENCY_MISSING, Severity.BLOCKER, "price", "The price has no currency.")
        return None
    return Money(amount=Decimal(amount) / Decimal(divisor), currency=currency)


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


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
