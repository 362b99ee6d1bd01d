"""Shopify's objects. Connections and other fields with arguments are functions, called when selected."""

import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from truestock.sandbox.photos import photo_url
from truestock.sandbox.shop import Image, Listing, Product, Shop
from truestock.sandbox.shopify.account import Place, host_of, places_of
from truestock.sandbox.shopify.paging import listed

Json = dict[str, Any]
STATUS = {"active": "ACTIVE", "sold_out": "ACTIVE", "draft": "DRAFT"}
_ARCHIVED = "ARCHIVED"
_UNVARIED = ({"name": "Title", "value": "Default Title"},)
_TAG = re.compile(r"<[^>]+>")
_SPLIT_EVERY = 3


def gid(kind: str, number: str | int) -> str:
    """A global id."""
    return f"gid://shopify/{kind}/{number}"


class Wire:
    """Renders one shop; ``base`` is the sandbox's address, ``allowed`` raises where a scope is missing."""

    def __init__(self, base: str, shop: Shop, allowed: Callable[[str], None]) -> None:
        self._base, self._shop, self._allowed = base, shop, allowed

    def shop(self) -> Json:
        """``Shop``."""
        shop, host = self._shop, host_of(self._shop)
        address = f"https://{host}"
        return {
            "__typename": "Shop",
            "id": gid("Shop", shop.account_id),
            "name": shop.name,
            "email": f"{shop.login}@example.test",
            "contactEmail": f"{shop.login}@example.test",
            "myshopifyDomain": host,
            "currencyCode": shop.currency,
            "ianaTimezone": "Etc/UTC",
            "taxesIncluded": shop.currency != "USD",
            "url": address,
            "primaryDomain": {
                "__typename": "Domain",
                "id": gid("Domain", shop.account_id),
                "host": host,
                "sslEnabled": True,
                "url": address,
            },
        }

    def location(self, place: Place) -> Json:
        """``Location``."""
        return {
            "__typename": "Location",
            "id": gid("Location", place.id),
            "name": place.name,
            "isActive": True,
            "fulfillsOnlineOrders": True,
        }

    def product(self, listing: Listing) -> Json:
        """``Product``."""
        handle = listing.handle or f"product-{listing.id}"
        status = STATUS.get(listing.state, _ARCHIVED)
        page = f"{self._base}/shopify/{host_of(self._shop)}/products/{handle}"
        return {
            "__typename": "Product",
            "id": gid("Product", listing.id),
            "title": listing.title,
            "description": _TAG.sub(" ", listing.description),
            "descriptionHtml": listing.description,
            "handle": handle,
            "productType": listing.category,
            "vendor": listing.vendor,
            "tags": sorted(listing.tags),
            "status": status,
            "createdAt": _instant(listing.created),
            "updatedAt": _instant(listing.updated),
            "onlineStoreUrl": page if status == "ACTIVE" else None,
            "hasOnlyDefaultVariant": not listing.property_names,
            "totalVariants": len(listing.products),
            "totalInventory": sum(product.quantity or 0 for product in listing.products),
            "options": lambda _info: self._options(listing),
            "media": lambda _info, first=None, after=None: listed(listing.images, self._photo, first, after),
            "variants": lambda _info, first=None, after=None: listed(
                list(enumerate(listing.products, 1)), lambda row: self._variant(listing, *row), first, after
            ),
        }

    def _options(self, listing: Listing) -> list[Json]:
        names = listing.property_names or ("Title",)
        return [
            {
                "__typename": "ProductOption",
                "id": gid("ProductOption", int(listing.id) * 10 + place),
                "name": name,
                "position": place,
                "values": list(dict.fromkeys(product.values[place - 1] for product in listing.products))
                if listing.property_names
                else ["Default Title"],
            }
            for place, name in enumerate(names, 1)
        ]

    def _photo(self, image: Image) -> Json:
        return {
            "__typename": "MediaImage",
            "id": gid("MediaImage", image.id),
            "alt": image.alt or None,
            "mediaContentType": "IMAGE",
            "image": {
                "id": gid("ProductImage", image.id),
                "altText": image.alt or None,
                "url": photo_url(self._base, "shopify", image.id),
                "width": 320,
                "height": 320,
            },
        }

    def _variant(self, listing: Listing, position: int, product: Product) -> Json:
        chosen = [
            {"name": name, "value": value}
            for name, value in zip(listing.property_names, product.values, strict=True)
        ]
        return {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", product.id),
            "title": " / ".join(product.values) or "Default Title",
            "sku": product.sku or "",
            "barcode": product.gtin,
            "price": f"{product.price or 0:.2f}",
            "position": position,
            "availableForSale": product.quantity != 0,
            "inventoryQuantity": product.quantity or 0,
            "selectedOptions": chosen or list(_UNVARIED),
            "inventoryItem": lambda _info: self.item(product),
        }

    def item(self, product: Product) -> Json:
        """``InventoryItem``: a quantity that nobody knows is not tracked."""
        return {
            "__typename": "InventoryItem",
            "id": gid("InventoryItem", product.stock_id),
            "sku": product.sku or "",
            "tracked": product.quantity is not None,
            "inventoryLevels": lambda _info, first=None, after=None: self._levels(product, first, after),
        }

    def _levels(self, product: Product, first: int | None, after: str | None) -> Json:
        self._allowed("read_inventory")
        rows = _spread(product, places_of(self._shop))
        return listed(rows, lambda row: self._level(product, *row), first, after)

    def _level(self, product: Product, place: Place, pieces: int) -> Json:
        def quantities(_info: object, names: list[str]) -> list[Json]:
            known = {"available": pieces, "on_hand": pieces}
            return [{"name": name, "quantity": known.get(name, 0)} for name in names]

        return {
            "__typename": "InventoryLevel",
            "id": f"{gid('InventoryLevel', place.id)}?inventory_item_id={product.stock_id}",
            "location": lambda _info: self._at(place),
            "quantities": quantities,
        }

    def _at(self, place: Place) -> Json:
        self._allowed("read_locations")
        return self.location(place)


def _spread(product: Product, places: tuple[Place, Place]) -> list[tuple[Place, int]]:
    """Every third product is kept at both places, the others at the first."""
    pieces = product.quantity or 0
    if zlib.crc32(product.stock_id.encode()) % _SPLIT_EVERY:
        return [(places[0], pieces)]
    return [(places[0], pieces - pieces // 3), (places[1], pieces // 3)]


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
