"""Amazon's single items and variation children as canonical variants."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from truestock.contracts.listing import CanonicalVariant, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces.amazon.attributes import attribute, here, money, text_of
from truestock.marketplaces.amazon.items import Item, child_skus
from truestock.marketplaces.decoded import as_object, objects
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.mapping.texts import LONGEST_ID
from truestock.marketplaces.mapping.variants import chosen_of, fitting, quantity_unknown, remark
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import identifier, plain_text

OWN_STOCK = "DEFAULT"
"""The seller's own fulfillment channel; AMAZON_NA, AMAZON_EU, … are Amazon's warehouses (FBA)."""
FBA = "AMAZON"
GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")


def to_variants(
    payload: Mapping[str, Any], settings: AccountSettings, notes: Notes
) -> tuple[CanonicalVariant, ...]:
    """The children of a family, or the item itself."""
    marketplace, item = marketplace_of(payload), item_of(payload)
    children = list(objects(payload.get("children")))
    named = child_skus(item, marketplace)
    if len(children) < len(named):
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.WARNING,
            "variants",
            f"Of {len(named)} variants that the parent names, Amazon knows {len(children)}.",
        )
    theme = _theme(item, marketplace)
    variants = tuple(
        _variant(one, place, theme or _theme(one, marketplace), marketplace, notes)
        for place, one in enumerate(fitting(children, notes) or [item])
    )
    remark(variants, settings, notes)
    return variants


def marketplace_of(payload: Mapping[str, Any]) -> str:
    """Which Amazon marketplace the payload was read on."""
    found = payload.get("marketplaceId")
    return found if isinstance(found, str) else ""


def item_of(payload: Mapping[str, Any]) -> Item:
    """The parent or single item."""
    return as_object(payload.get("item"))


def _variant(
    item: Item, place: int, theme: tuple[str, ...], marketplace: str, notes: Notes
) -> CanonicalVariant:
    sku = identifier(item.get("sku"))[:LONGEST_ID] or None
    return CanonicalVariant(
        external_id=sku or f"#{place}",
        sku=sku,
        gtin=_gtin(item, marketplace),
        options=chosen_of(_options(item, theme, marketplace), notes),
        quantity=_quantity(item, notes),
        price=_price(item, marketplace, notes),
    )


def _theme(item: Item, marketplace: str) -> tuple[str, ...]:
    """The names of the attributes that tell the variants of a family apart."""
    for one in here(item.get("relationships"), marketplace):
        for relationship in objects(one.get("relationships")):
            theme = relationship.get("variationTheme")
            names = theme.get("attributes") if isinstance(theme, Mapping) else None
            if isinstance(names, list):
                return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))
    return ()


def _options(item: Item, theme: tuple[str, ...], marketplace: str) -> Iterator[tuple[str, str]]:
    for name in theme:
        yield plain_text(name.replace("_", " ")).capitalize(), text_of(item, name, marketplace)


def _quantity(item: Item, notes: Notes) -> int | None:
    """What the seller has; Amazon's warehouses never stand in for it."""
    quantity, channels = None, set()
    for one in objects(item.get("fulfillmentAvailability")):
        channel, pieces = str(one.get("fulfillmentChannelCode")), one.get("quantity")
        channels.add(channel)
        if channel == OWN_STOCK and type(pieces) is int and pieces >= 0:
            quantity = pieces
    if quantity is None:
        if any(channel.startswith(FBA) for channel in channels):
            quantity_unknown(notes, "Fulfilled by Amazon: how many the seller has is not said.")
        else:
            quantity_unknown(notes)
    return quantity


def _price(item: Item, marketplace: str, notes: Notes) -> Money | None:
    """The price for every shopper: of the live offer, else the one that the seller asked for."""
    asked = [
        (price.get("amount"), price.get("currencyCode"))
        for offer in here(item.get("offers"), marketplace)
        if offer.get("offerType") in (None, "B2C") and isinstance(price := offer.get("price"), Mapping)
    ]
    for offer in attribute(item, "purchasable_offer", marketplace):
        if offer.get("audience") in (None, "ALL"):
            asked += [
                (step.get("value_with_tax"), offer.get("currency"))
                for price in objects(offer.get("our_price"))
                for step in objects(price.get("schedule"))
            ]
    found = next((price for amount, currency in asked if (price := money(amount, currency))), None)
    if found is None and any(money(amount, "XXX") for amount, _ in asked):
        notes.add(NoteCode.CURRENCY_MISSING, Severity.BLOCKER, "price", "The price has no currency.")
    elif found is None:
        notes.add(NoteCode.PRICE_MISSING, Severity.BLOCKER, "price", "No price that can be read.")
    return found


def _gtin(item: Item, marketplace: str) -> str | None:
    for one in attribute(item, "externally_assigned_product_identifier", marketplace):
        value = identifier(one.get("value"))
        if one.get("type") in ("ean", "upc", "gtin") and GTIN.fullmatch(value):
            return value
    return None
