"""Amazon's JSON shapes, field by field as in its Swagger models."""

import re
import zlib
from typing import Any

import orjson

from truestock.sandbox.amazon.account import Place, place_of
from truestock.sandbox.amazon.attributes import attributes
from truestock.sandbox.amazon.items import Item, moment
from truestock.sandbox.amazon.stocking import ASIN, THEME
from truestock.sandbox.photos import photo_url
from truestock.sandbox.shop import Shop

Json = dict[str, Any]
PARTS = (
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships",
    "productTypes",
)  # fmt: skip


class Wire:
    """Renders accounts and items; ``base`` is the sandbox's address as clients see it."""

    def __init__(self, base: str) -> None:
        self._base = base

    def participations(self, shop: Shop) -> Json:
        """Where the seller sells, and the technical marketplace that Amazon lists beside it."""
        place = place_of(shop)
        technical = place.domain.replace("www.", "sim1.stores.")
        return {
            "payload": [
                _participation(shop, place, "A1SANDBOXSIM0", "Non-Amazon", technical),
                _participation(shop, place, place.id, place.name, place.domain),
            ]
        }

    def item(self, shop: Shop, item: Item, parts: frozenset[str]) -> bytes:
        """``Item`` with these parts as JSON bytes, remembered until its listing changes."""

        def render() -> bytes:
            return orjson.dumps({"sku": item.sku, **{name: _PARTS[name](self, shop, item) for name in parts}})

        return shop.rendered(item.listing.id, (item.sku, parts), render)

    def summaries(self, shop: Shop, item: Item) -> list[Json]:
        """``ItemSummaries``."""
        listing, place = item.listing, place_of(shop)
        summary: Json = {
            "marketplaceId": place.id,
            "asin": item.product.id if item.product else listing.facts[ASIN],
            "productType": product_type(listing.category),
            "conditionType": "new_new",
            "status": _status(item),
            "itemName": listing.title,
            "createdDate": item.created,
            "lastUpdatedDate": moment(listing.updated),
        }
        if photos := self._photos(item):
            summary["mainImage"] = {"link": photos[0], "height": 320, "width": 320}
        return [summary]

    def attributes(self, shop: Shop, item: Item) -> Json:
        """``ItemAttributes``."""
        return attributes(shop, item, self._photos(item))

    def issues(self, shop: Shop, item: Item) -> list[Json]:
        """``ItemIssues``: a missing photo is one."""
        if item.listing.images:
            return []
        issue = {
            "code": "18317",
            "message": "The main image is missing. Provide a main image.",
            "severity": "WARNING",
            "attributeNames": ["main_product_image_locator"],
            "categories": ["MISSING_IMAGE"],
            "marketplaceIds": [place_of(shop).id],
        }
        return [issue]

    def offers(self, shop: Shop, item: Item) -> list[Json]:
        """``ItemOffers``: none without a price."""
        if item.product is None or item.product.price is None:
            return []
        offer = {
            "marketplaceId": place_of(shop).id,
            "offerType": "B2C",
            "price": {"currencyCode": shop.currency, "amount": f"{item.product.price:.2f}"},
            "audience": {"value": "ALL", "displayName": "Sell on Amazon"},
        }
        return [offer]

    def availability(self, shop: Shop, item: Item) -> list[Json]:
        """``FulfillmentAvailability``: what the seller does not count lies at Amazon."""
        product = item.product
        if product is None:
            return []
        if product.quantity is not None:
            return [{"fulfillmentChannelCode": "DEFAULT", "quantity": product.quantity}]
        at_amazon = zlib.crc32(item.sku.encode()) % 90
        return [{"fulfillmentChannelCode": place_of(shop).channel, "quantity": at_amazon}]

    def procurement(self, shop: Shop, item: Item) -> list[Json]:  # noqa: ARG002 # of vendors only
        """``ItemProcurement``: these accounts are sellers."""
        return []

    def relationships(self, shop: Shop, item: Item) -> list[Json]:
        """``ItemRelationships``: the family."""
        listing, names = item.listing, list(item.listing.facts.get(THEME, ()))
        related: list[Json] = []
        if names:
            theme = {"attributes": names, "theme": "/".join(names).upper()}
            family = (
                {"childSkus": [product.sku for product in listing.products]}
                if item.product is None
                else {"parentSkus": [listing.id]}
            )
            related = [{"type": "VARIATION", "variationTheme": theme, **family}]
        return [{"marketplaceId": place_of(shop).id, "relationships": related}]

    def product_types(self, shop: Shop, item: Item) -> list[Json]:
        """``ItemProductTypes``."""
        return [{"marketplaceId": place_of(shop).id, "productType": product_type(item.listing.category)}]

    def _photos(self, item: Item) -> list[str]:
        return [photo_url(self._base, "amazon", image.id) for image in item.listing.images]


_PARTS = {
    "summaries": Wire.summaries,
    "attributes": Wire.attributes,
    "issues": Wire.issues,
    "offers": Wire.offers,
    "fulfillmentAvailability": Wire.availability,
    "procurement": Wire.procurement,
    "relationships": Wire.relationships,
    "productTypes": Wire.product_types,
}


def product_type(category: str) -> str:
    """The last part of a category in Amazon's spelling."""
    return re.sub(r"[^A-Z0-9]+", "_", category.rpartition(">")[2].upper()).strip("_") or "PRODUCT"


def _status(item: Item) -> list[str]:
    shown, product = item.listing.state in {"active", "sold_out"}, item.product
    if not shown or (product is not None and not product.enabled):
        return []
    sold = product is not None and product.price is not None and product.quantity != 0
    return ["BUYABLE", "DISCOVERABLE"] if sold else ["DISCOVERABLE"]


def _participation(shop: Shop, place: Place, marketplace: str, name: str, domain: str) -> Json:
    return {
        "marketplace": {
            "id": marketplace,
            "name": name,
            "countryCode": place.country,
            "defaultCurrencyCode": shop.currency,
            "defaultLanguageCode": place.language,
            "domainName": domain,
        },
        "participation": {"isParticipating": True, "hasSuspendedListings": shop.vacation},
        "storeName": shop.name,
    }
