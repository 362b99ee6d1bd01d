"""Etsy's JSON shapes, field by field as in its Open API document of January 2024."""

import zlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import orjson

from truestock.sandbox.shop import Image, Listing, Product, Shop

Json = dict[str, Any]
_DIVISOR = 100
_LIFETIME = 120 * 24 * 3600  # an Etsy listing runs four months
_SHARED_PROPERTIES = {"color": 200, "colour": 200, "size": 100}
_CUSTOM_PROPERTIES = (513, 514)


class Wire:
    """Renders shops and listings; ``base`` is the sandbox's address as clients see it."""

    def __init__(self, base: str) -> None:
        self._base = base

    def shop(self, shop: Shop) -> Json:
        """``Shop``."""
        now = shop.created
        return {
            "shop_id": int(shop.account_id),
            "user_id": int(shop.user_id),
            "shop_name": shop.name,
            "create_date": now,
            "created_timestamp": now,
            "title": f"{shop.name} (sandbox)",
            "announcement": None,
            "currency_code": shop.currency,
            "is_vacation": shop.vacation,
            "vacation_message": None,
            "sale_message": None,
            "digital_sale_message": None,
            "update_date": now,
            "updated_timestamp": now,
            "listing_active_count": len(shop.in_state("active")),
            "digital_listing_count": 0,
            "login_name": shop.login,
            "accepts_custom_requests": False,
            "policy_shipping": "Ships within one to three working days.",
            "policy_refunds": "Returns within 30 days, unused.",
            "policy_update_date": now,
            "policy_has_private_receipt_info": False,
            "has_unstructured_policies": False,
            "url": f"{self._base}/etsy/shop/{shop.name}",
            "num_favorers": 0,
            "languages": ["en-US"],
            "is_using_structured_policies": True,
            "has_onboarded_structured_policies": True,
            "include_dispute_form_link": False,
            "is_direct_checkout_onboarded": True,
            "is_etsy_payments_onboarded": True,
            "is_calculated_eligible": False,
            "is_opted_in_to_buyer_promise": False,
            "is_shop_us_based": shop.currency == "USD",
            "transaction_sold_count": 0,
            "shipping_from_country_iso": {"USD": "US", "GBP": "GB"}.get(shop.currency, "DE"),
            "shop_location_country_iso": {"USD": "US", "GBP": "GB"}.get(shop.currency, "DE"),
            "review_count": 0,
            "review_average": None,
        }

    def listing(self, shop: Shop, listing: Listing) -> Json:
        """``ShopListing``; ``quantity`` and ``price`` are left out when they are unknown.

        The units of weight and dimensions are left out too: Etsy's document lists no null among their values.
        """
        shown: Json = {
            "listing_id": int(listing.id),
            "user_id": int(shop.user_id),
            "shop_id": int(shop.account_id),
            "title": listing.title,
            "description": listing.description,
            "state": listing.state,
            "creation_timestamp": listing.created,
            "created_timestamp": listing.created,
            "ending_timestamp": listing.created + _LIFETIME,
            "original_creation_timestamp": listing.created,
            "last_modified_timestamp": listing.updated,
            "updated_timestamp": listing.updated,
            "state_timestamp": listing.created,
            "shop_section_id": None,
            "featured_rank": -1,
            "url": f"{self._base}/etsy/listing/{listing.id}",
            "num_favorers": 0,
            "non_taxable": False,
            "is_taxable": True,
            "is_customizable": False,
            "is_personalizable": False,
            "personalization_is_required": False,
            "personalization_char_count_max": None,
            "personalization_instructions": None,
            "listing_type": "physical",
            "tags": list(listing.tags),
            "materials": list(listing.facts.get("materials", ())),
            "shipping_profile_id": int(shop.account_id) + 1,
            "return_policy_id": int(shop.account_id) + 2,
            "processing_min": 1,
            "processing_max": 3,
            "who_made": "i_did",
            "when_made": "2020_2024",
            "is_supply": False,
            "item_weight": None,
            "item_length": None,
            "item_width": None,
            "item_height": None,
            "is_private": False,
            "style": [],
            "file_data": "",
            "has_variations": bool(listing.property_names),
            "should_auto_renew": True,
            "language": "en-US",
            "taxonomy_id": listing.facts.get("taxonomy_id", 1),
        }
        if (quantity := listing.quantity) is not None:
            shown["quantity"] = quantity
        if (price := listing.price) is not None:
            shown["price"] = money(price, shop.currency)
        return shown

    def image(self, listing: Listing, image: Image, rank: int) -> Json:
        """``ListingImage``; ranks begin at 1."""
        colour = zlib.crc32(image.id.encode())
        red, green, blue = colour & 255, colour >> 8 & 255, colour >> 16 & 255
        address = f"{self._base}/photos"
        return {
            "listing_id": int(listing.id),
            "listing_image_id": int(image.id),
            "hex_code": f"{red:02X}{green:02X}{blue:02X}",
            "red": red,
            "green": green,
            "blue": blue,
            "hue": 0,
            "saturation": 0,
            "brightness": max(red, green, blue) * 100 // 255,
            "is_black_and_white": False,
            "creation_tsz": listing.created,
            "created_timestamp": listing.created,
            "rank": rank,
            "url_75x75": f"{address}/il_75x75.{image.id}.jpg",
            "url_170x135": f"{address}/il_170x135.{image.id}.jpg",
            "url_570xN": f"{address}/il_570xN.{image.id}.jpg",
            "url_fullxfull": f"{address}/il_fullxfull.{image.id}.jpg",
            "full_height": 320,
            "full_width": 320,
            "alt_text": image.alt,
        }

    def images(self, listing: Listing) -> list[Json]:
        """All photos in order."""
        return [self.image(listing, image, rank) for rank, image in enumerate(listing.images, 1)]

    def inventory(self, shop: Shop, listing: Listing) -> Json:
        """``ListingInventory``."""
        properties = property_ids(listing.property_names)
        return {
            "products": [self._product(shop, listing, product) for product in listing.products],
            "price_on_property": _differing(properties, (p.price for p in listing.products)),
            "quantity_on_property": _differing(properties, (p.quantity for p in listing.products)),
            "sku_on_property": _differing(properties, (p.sku for p in listing.products)),
        }

    def _product(self, shop: Shop, listing: Listing, product: Product) -> Json:
        offering: Json = {
            "offering_id": int(product.stock_id),
            "is_enabled": product.enabled,
            "is_deleted": False,
        }
        if product.quantity is not None:
            offering["quantity"] = product.quantity
        if product.price is not None:
            offering["price"] = money(product.price, shop.currency)
        chosen = zip(
            property_ids(listing.property_names), listing.property_names, product.values, strict=True
        )
        return {
            "product_id": int(product.id),
            "sku": product.sku or "",
            "is_deleted": False,
            "offerings": [offering],
            "property_values": [
                {
                    "property_id": property_id,
                    "property_name": name,
                    "scale_id": None,
                    "scale_name": None,
                    "value_ids": [1 + zlib.crc32(value.encode())],
                    "values": [value],
                }
                for property_id, name, value in chosen
            ],
        }

    def page_item(self, shop: Shop, listing: Listing, images: bool, inventory: bool) -> bytes:
        """``ShopListingWithAssociations`` as JSON bytes, remembered until the listing changes."""

        def render() -> bytes:
            shown = self.listing(shop, listing)
            shown["skus"] = [product.sku for product in listing.products if product.sku]
            if images:
                shown["images"] = self.images(listing)
            if inventory and listing.has_record:
                shown["inventory"] = self.inventory(shop, listing)
            return orjson.dumps(shown)

        return shop.rendered(listing.id, (images, inventory), render)


def money(amount: Decimal, currency: str) -> Json:
    """``Money``: an integer amount over a divisor."""
    return {"amount": int(amount * _DIVISOR), "divisor": _DIVISOR, "currency_code": currency}


def property_ids(names: tuple[str, ...]) -> list[int]:
    """Etsy's property ids: its own for size and colour, the custom ones for anything else."""
    ids: list[int] = []
    for name, custom in zip(names, _CUSTOM_PROPERTIES, strict=False):
        known = _SHARED_PROPERTIES.get(name.casefold(), custom)
        ids.append(custom if known in ids else known)
    return ids


def _differing(properties: list[int], values: Iterable[object]) -> list[int]:
    return properties if len(set(values)) > 1 else []
