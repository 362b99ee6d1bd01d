"""Accounts, inventory items, groups and offers in the shapes of eBay's OpenAPI documents."""

from typing import Any

from truestock.sandbox.ebay.account import site_of
from truestock.sandbox.ebay.index import Item
from truestock.sandbox.ebay.stocking import ITEM_ID, KEY
from truestock.sandbox.photos import photo_url
from truestock.sandbox.shop import Listing, Shop

Json = dict[str, Any]
_STATUS = {
    "active": "ACTIVE",
    "sold_out": "OUT_OF_STOCK",
    "inactive": "INACTIVE",
    "expired": "ENDED",
}
_GTINS = {8: "ean", 10: "isbn", 12: "upc", 13: "ean"}


class Wire:
    """Renders; ``base`` is the sandbox's address."""

    def __init__(self, base: str) -> None:
        self._base = base

    def user(self, shop: Shop) -> Json:
        """``UserResponse``."""
        return {
            "userId": shop.account_id,
            "username": shop.name,
            "accountType": "BUSINESS",
            "registrationMarketplaceId": site_of(shop).marketplace_id,
            "businessAccount": {"name": shop.name, "address": {"country": site_of(shop).country}},
            "status": "CONFIRMED",
        }

    def locations(self, shop: Shop) -> list[Json]:
        """``InventoryLocationResponse``."""
        address = {"city": "Sandbox", "country": site_of(shop).country}
        return [
            {
                "merchantLocationKey": "main",
                "name": f"{shop.name} warehouse",
                "location": {"address": address},
                "locationTypes": ["WAREHOUSE"],
                "merchantLocationStatus": "ENABLED",
            }
        ]

    def item(self, shop: Shop, item: Item, keys: str = "inventoryItemGroupKeys") -> Json:
        """``InventoryItemWithSkuLocaleGroup…``."""
        listing, product = item.listing, item.product
        shown: Json = {
            "sku": product.sku,
            "locale": site_of(shop).locale,
            "condition": "NEW",
            "product": {
                "title": listing.title,
                "aspects": {**_aspects(listing), **_chosen(item)},
                "imageUrls": self.photos(listing),
            },
        }
        if listing.description:
            shown["product"]["description"] = listing.description
        if listing.vendor:
            shown["product"]["brand"] = listing.vendor
        if product.gtin and (name := _GTINS.get(len(product.gtin))):
            shown["product"][name] = [product.gtin]
        if product.quantity is not None:
            shown["availability"] = {"shipToLocationAvailability": {"quantity": product.quantity}}
        if KEY in listing.facts:
            shown[keys] = [listing.facts[KEY]]
        return shown

    def group(self, listing: Listing) -> Json:
        """``InventoryItemGroup``."""
        shown: Json = {
            "inventoryItemGroupKey": listing.facts[KEY],
            "title": listing.title,
            "aspects": _aspects(listing),
            "imageUrls": self.photos(listing),
            "variantSKUs": [product.sku for product in listing.products],
            "variesBy": {
                "specifications": [
                    {
                        "name": name,
                        "values": list(dict.fromkeys(product.values[place] for product in listing.products)),
                    }
                    for place, name in enumerate(listing.property_names)
                ]
            },
        }
        if listing.description:
            shown["description"] = listing.description
        return shown

    def offer(self, shop: Shop, item: Item) -> Json:
        """``EbayOfferDetailsWithAll``."""
        listing, product = item.listing, item.product
        status = _STATUS.get(listing.state) if product.enabled else None
        shown: Json = {
            "offerId": product.stock_id,
            "sku": product.sku,
            "marketplaceId": site_of(shop).marketplace_id,
            "format": "FIXED_PRICE",
            "listingPolicies": {
                "fulfillmentPolicyId": "6001",
                "paymentPolicyId": "6002",
                "returnPolicyId": "6003",
            },
            "listingDuration": "GTC",
            "merchantLocationKey": "main",
            "hideBuyerDetails": False,
            "includeCatalogProductDetails": True,
            "status": "PUBLISHED" if status else "UNPUBLISHED",
        }
        if product.quantity is not None:
            shown["availableQuantity"] = product.quantity
        if product.price is not None:
            amount = {"value": f"{product.price:.2f}", "currency": shop.currency}
            shown["pricingSummary"] = {"price": amount}
        if listing.category:
            shown["categoryId"] = category_id(listing)
        if status:
            shown["listing"] = {
                "listingId": listing.facts[ITEM_ID],
                "listingStatus": status,
                "soldQuantity": 0,
            }
            if listing.description:
                shown["listingDescription"] = listing.description
        return shown

    def photos(self, listing: Listing) -> list[str]:
        """The addresses of a listing's photos."""
        return [photo_url(self._base, "ebay", image.id) for image in listing.images]


def category_id(listing: Listing) -> str:
    """A number for the category, the same for the same name."""
    return str(1_000 + sum(listing.category.encode()) * 7 % 180_000)


def _aspects(listing: Listing) -> Json:
    return {"Brand": [listing.vendor]} if listing.vendor else {}


def _chosen(item: Item) -> Json:
    names, values = item.listing.property_names, item.product.values
    return {name: [value] for name, value in zip(names, values, strict=True)}
