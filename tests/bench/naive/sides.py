"""Inventory's state beside what the marketplace shows: each value on both sides."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from truestock.contracts.events import Check, SyncState


@dataclass(frozen=True)
class Pair:
    """One value on both sides, as text."""

    check: Check
    key: str
    inventory: str | None
    marketplace: str | None
    variant_id: UUID | None = None


def pairs(state: SyncState, live: Any) -> list[Pair]:
    """Everything that is compared; variants are found by their SKU."""
    products = {product["sku"]: product for product in live["inventory"]["products"]}
    found = []
    for variant in state.variants:
        sku, options, quantity, price = _shown(products.get(variant.sku or ""))
        key, one = f"{variant.variant_id}/", variant.variant_id
        chosen = _options((option.name, option.value) for option in variant.options)
        ours = f"{variant.price.amount:.2f} {variant.price.currency}" if variant.price else None
        available = None if variant.available is None else str(variant.available)
        found += [
            Pair(Check.LISTING_LINKAGE, key + "sku", variant.sku, sku, one),
            Pair(Check.VARIANT_MAPPING, key + "options", chosen, options, one),
            Pair(Check.STOCK_QUANTITY, key + "quantity", available, quantity, one),
            Pair(Check.PRICE_INTENT, key + "price", ours, price, one),
        ]
    photos = [photo.url for photo in sorted(state.shared.photos, key=lambda photo: photo.rank)]
    images = [image["url_fullxfull"] for image in sorted(live["images"], key=lambda image: image["rank"])]
    found.append(Pair(Check.PHOTOS_MATCH, "listing/photos", _photos(photos), _photos(images)))
    found.append(Pair(Check.TITLE_MATCH, "listing/title", state.shared.title, live["title"]))
    return found


def base_text(item_id: UUID, compared: list[Pair]) -> str:
    """What both sides said, as JSON: the next validation can tell who changed."""
    values = {
        pair.key: pair.inventory if pair.inventory == pair.marketplace else [pair.inventory, pair.marketplace]
        for pair in compared
    }
    return json.dumps({"item": str(item_id), "linked": False, "values": values}, separators=(",", ":"))


def _shown(product: Any) -> tuple[str | None, str | None, str | None, str | None]:
    if product is None:
        return None, None, None, None
    offering = product["offerings"][0]
    quantity, price = offering.get("quantity"), offering.get("price")
    return (
        product["sku"],
        _options(
            (value["property_name"], " / ".join(value["values"])) for value in product["property_values"]
        ),
        None if quantity is None else str(quantity),
        f"{Decimal(price['amount']) / price['divisor']:.2f} {price['currency_code']}" if price else None,
    )


def _options(chosen: Any) -> str:
    return "; ".join(sorted(f"{name} = {value}".casefold() for name, value in chosen)) or "no options"


def _photos(urls: list[str]) -> str:
    return f"{len(urls)}: {' '.join(urls)}" if urls else "0"
