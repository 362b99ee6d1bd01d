"""Amazon's structured attributes of an item."""

from typing import Any

from truestock.sandbox.amazon.account import place_of
from truestock.sandbox.amazon.items import Item
from truestock.sandbox.amazon.stocking import THEME
from truestock.sandbox.shop import Product, Shop

Attribute = list[dict[str, Any]]
_GTINS = {8: "ean", 12: "upc", 13: "ean", 14: "gtin"}


def attributes(shop: Shop, item: Item, photos: list[str]) -> dict[str, Attribute]:
    """All attributes that the seller sent, by name."""
    listing, product, place = item.listing, item.product, place_of(shop)

    def one(value: object, **more: object) -> dict[str, object]:
        return {"value": value, **more, "marketplace_id": place.id}

    found: dict[str, Attribute] = {
        "item_name": [one(listing.title, language_tag=place.language)],
        "condition_type": [one("new_new")],
    }
    if listing.vendor:
        found["brand"] = [one(listing.vendor, language_tag=place.language)]
    if listing.description:
        found["product_description"] = [one(listing.description, language_tag=place.language)]
    if listing.tags:
        found["generic_keyword"] = [one(tag, language_tag=place.language) for tag in listing.tags]
    for number, photo in enumerate(photos):
        name = f"other_product_image_locator_{number}" if number else "main_product_image_locator"
        found[name] = [{"media_location": photo, "marketplace_id": place.id}]
    names = listing.facts.get(THEME, ())
    if names:
        found["parentage_level"] = [one("child" if product else "parent")]
        found["variation_theme"] = [{"name": "/".join(names).upper(), "marketplace_id": place.id}]
    if product is not None:
        for name, value in zip(names, product.values, strict=False):
            found[name] = [one(value, language_tag=place.language)]
        found |= _offered(shop, product)
    return found


def _offered(shop: Shop, product: Product) -> dict[str, Attribute]:
    place, found = place_of(shop), dict[str, Attribute]()
    if product.price is not None:
        steps = [{"schedule": [{"value_with_tax": float(product.price)}]}]
        found["purchasable_offer"] = [
            {"currency": shop.currency, "audience": "ALL", "our_price": steps, "marketplace_id": place.id}
        ]
    if product.gtin and len(product.gtin) in _GTINS:
        kind = _GTINS[len(product.gtin)]
        found["externally_assigned_product_identifier"] = [
            {"type": kind, "value": product.gtin, "marketplace_id": place.id}
        ]
    return found
