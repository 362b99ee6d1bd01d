"""WooCommerce's variations, or the product itself, as canonical variants."""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode, OptionValue
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.decoded import as_list, as_object, objects
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.mapping.texts import LONGEST_ID
from truestock.marketplaces.mapping.variants import (
    LONGEST_OPTION,
    SOLE,
    currency_of,
    fitting,
    price_of,
    quantity_unknown,
    remark,
)
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import identifier, plain_text
from truestock.marketplaces.woocommerce.numbers import amount, gtin, whole

IDENTIFIERS = ("sku", "global_unique_id")
SHARED = "parent"
"""``manage_stock`` of a variation whose stock is counted on the product, for all variations together."""


def to_variants(
    payload: Mapping[str, Any], settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """At least one variant. Stock that is not counted per variant is unknown, never zero."""
    product = as_object(payload.get("product"))
    given = payload.get("currency")
    currency = currency_of(given if isinstance(given, str) and given else settings.currency)
    rows = list(objects(payload.get("variations")))
    kept = fitting(rows, notes)
    if rows:
        names = _names(product)
        inherited = product if len(rows) > 1 else {}
        variants = tuple(
            _variation(row, place, inherited, currency, _options(row, names, notes), notes)
            for place, row in enumerate(kept)
        )
    else:
        _remark_kind(product, notes)
        variants = (_variant(product, SOLE, currency, notes),)
    remark(variants, settings, notes)
    return variants


def _variation(
    row: Mapping[str, Any],
    place: int,
    parent: Mapping[str, Any],
    currency: str | None,
    options: tuple[OptionValue, ...],
    notes: Notes,
) -> CanonicalVariant:
    """A variation without an own SKU or GTIN answers with its product's, which then identifies none of them.

    It cannot be its own: WooCommerce lets no two products or variations have the same.
    """
    own = {
        name: None if name in IDENTIFIERS and value and value == parent.get(name) else value
        for name, value in row.items()
    }
    variant = _variant(own, f"#{place}", currency, notes)
    # "Enabled" in WooCommerce's own form is the status publish.
    status = row.get("status")
    enabled = not isinstance(status, str) or status == "publish"
    return variant.model_copy(update={"options": options, "enabled": enabled})


def _variant(row: Mapping[str, Any], place: str, currency: str | None, notes: Notes) -> CanonicalVariant:
    number = row.get("id")
    return CanonicalVariant(
        external_id=(str(number) if type(number) is int else identifier(number) or place)[:LONGEST_ID],
        sku=identifier(row.get("sku"))[:LONGEST_ID] or None,
        gtin=_gtin(row.get("global_unique_id"), notes),
        quantity=_quantity(row, notes),
        price=_price(row, currency, notes),
    )


def _quantity(row: Mapping[str, Any], notes: Notes) -> int | None:
    managed, said = row.get("manage_stock"), whole(row.get("stock_quantity"))
    if managed is True and said is not None:
        if said < 0:
            notes.add(
                NoteCode.FIELD_DROPPED,
                Severity.WARNING,
                "quantity",
                f"The store counts {said} pieces: more were sold than there are. None is left.",
            )
        return max(0, said)
    if managed == SHARED:
        why = "The stock is counted for all variations together, so how many there are of each is not known."
    elif managed is True:
        why = "The store counts the stock and does not say a whole number."
    elif row.get("stock_status") == "outofstock":
        why = "The store does not count this stock; it is marked as out of stock."
    else:
        why = "The store does not count this stock."
    quantity_unknown(notes, why)
    return None


def _price(row: Mapping[str, Any], currency: str | None, notes: Notes) -> Money | None:
    """What a buyer pays now; ``price`` is the sale price while there is one."""
    price = amount(row.get("price"))
    price = amount(row.get("regular_price")) if price is None else price
    return price_of(price, currency, notes)


def _gtin(value: Any, notes: Notes) -> str | None:
    found = gtin(value)
    if found is None and identifier(value):
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.INFO,
            "gtin",
            f"{identifier(value)[:40]} is not a GTIN: its length or check digit is wrong.",
        )
    return found


def _options(row: Mapping[str, Any], names: tuple[str, ...], notes: Notes) -> tuple[OptionValue, ...]:
    options: dict[str, OptionValue] = {}
    for attribute in as_list(row.get("attributes")):
        if not isinstance(attribute, Mapping):
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "variants", "An option that cannot be read.")
            continue
        name = (plain_text(attribute.get("name")) or "Option")[:LONGEST_OPTION]
        if value := plain_text(attribute.get("option"))[:LONGEST_OPTION]:
            options.setdefault(name, OptionValue(name=name, value=value))
    for name in names:
        if name not in options:
            notes.add(
                NoteCode.FIELD_DROPPED,
                Severity.WARNING,
                "variants",
                f"A variation stands for any {name}; it was kept as one variant.",
            )
    return tuple(options.values())


def _names(product: Mapping[str, Any]) -> tuple[str, ...]:
    """The attributes that variations are made of."""
    attributes = objects(product.get("attributes"))
    named = (plain_text(one.get("name")) for one in attributes if one.get("variation") is True)
    return tuple(name[:LONGEST_OPTION] for name in named if name)


def _remark_kind(product: Mapping[str, Any], notes: Notes) -> None:
    kinds = {
        "grouped": "A grouped product only shows other products, which are listings of their own.",
        "external": "An external product is sold on another site.",
        "variable": "A variable product without variations cannot be bought.",
    }
    kind = product.get("type")
    if isinstance(kind, str) and kind in kinds:
        notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "variants", kinds[kind])
