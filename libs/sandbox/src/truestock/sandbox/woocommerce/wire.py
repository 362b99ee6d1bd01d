"""WooCommerce's JSON shapes, property by property as in the REST API documentation, v3."""

import re
import zlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from truestock.sandbox.photos import photo_url
from truestock.sandbox.shop import Image, Listing, Product, Shop

Json = dict[str, Any]
STATUSES = {"draft": "draft", "inactive": "private", "expired": "private"}
"""A listing's state as a post status; anything else is published. WooCommerce has nothing that expires."""


def status_of(listing: Listing) -> str:
    """The product's post status."""
    return STATUSES.get(listing.state, "publish")


def is_variable(listing: Listing) -> bool:
    """Whether it has variations."""
    return bool(listing.property_names) or len(listing.products) > 1


class Wire:
    """Renders products and variations; ``base`` is the sandbox's address as clients see it."""

    def __init__(self, base: str) -> None:
        self._base = base

    def product(self, shop: Shop, listing: Listing) -> Json:
        """A product."""
        variable = is_variable(listing)
        sole = Product("", "", price=listing.price) if variable else listing.products[0]
        slug = listing.handle or f"product-{listing.id}"
        return {
            "id": int(listing.id),
            "name": listing.title,
            "slug": slug,
            "permalink": f"{shop.account_id}/product/{slug}/",
            **_dates(listing),
            "type": "variable" if variable else "simple",
            "status": status_of(listing),
            "featured": False,
            "catalog_visibility": "visible",
            "description": listing.description,
            "short_description": "",
            **_offer(sole),
            "price_html": "",
            "purchasable": status_of(listing) == "publish",
            "total_sales": 0,
            **_common(),
            "external_url": "",
            "button_text": "",
            **_stock(sole, out_of_stock=listing.state == "sold_out"),
            "sold_individually": False,
            "shipping_required": True,
            "shipping_taxable": True,
            "reviews_allowed": True,
            "average_rating": "0.00",
            "rating_count": 0,
            "related_ids": [],
            "upsell_ids": [],
            "cross_sell_ids": [],
            "parent_id": 0,
            "purchase_note": "",
            "categories": [_term(listing.category)] if listing.category else [],
            "tags": [_term(tag) for tag in listing.tags],
            "brands": [_term(listing.vendor)] if listing.vendor else [],
            "images": [self._image(listing, image) for image in listing.images],
            "attributes": [_attribute(listing, place) for place in range(len(listing.property_names))],
            "default_attributes": [],
            "variations": [int(product.id) for product in listing.products] if variable else [],
            "grouped_products": [],
            "menu_order": 0,
            "meta_data": [],
            "_links": _links(f"{_api(shop)}/products", listing.id),
        }

    def variation(self, shop: Shop, listing: Listing, product: Product) -> Json:
        """A variation; an option without a value stands for any."""
        chosen = zip(listing.property_names, product.values, strict=True)
        return {
            "id": int(product.id),
            **_dates(listing),
            "description": "",
            "permalink": f"{shop.account_id}/product/{listing.handle or f'product-{listing.id}'}/",
            **_offer(product),
            "status": "publish" if product.enabled else "private",
            "purchasable": product.enabled,
            **_common(),
            **_stock(product, out_of_stock=product.quantity == 0),
            "image": None,
            "attributes": [{"id": 0, "name": name, "option": value} for name, value in chosen if value],
            "menu_order": 0,
            "meta_data": [],
            "_links": _links(f"{_api(shop)}/products/{listing.id}/variations", product.id),
        }

    def _image(self, listing: Listing, image: Image) -> Json:
        address = photo_url(self._base, "woocommerce", image.id)
        name = f"photo-{image.id}"
        return {"id": int(image.id), **_dates(listing), "src": address, "name": name, "alt": image.alt}


def _api(shop: Shop) -> str:
    return f"{shop.account_id}/wp-json/wc/v3"


def _dates(listing: Listing) -> Json:
    """In the site's time zone, which is UTC here."""
    created, modified = (
        datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        for at in (listing.created, listing.updated)
    )
    return {
        "date_created": created,
        "date_created_gmt": created,
        "date_modified": modified,
        "date_modified_gmt": modified,
    }


def _offer(product: Product) -> Json:
    price = _amount(product.price)
    return {
        "sku": product.sku or "",
        "global_unique_id": product.gtin or "",
        "price": price,
        "regular_price": price,
        "sale_price": "",
        "date_on_sale_from": None,
        "date_on_sale_from_gmt": None,
        "date_on_sale_to": None,
        "date_on_sale_to_gmt": None,
        "on_sale": False,
    }


def _common() -> Json:
    return {
        "virtual": False,
        "downloadable": False,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "tax_status": "taxable",
        "tax_class": "",
        "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_class": "",
        "shipping_class_id": 0,
    }


def _stock(product: Product, *, out_of_stock: bool) -> Json:
    """Stock that the seller's file does not tell is not counted by the store either."""
    return {
        "manage_stock": product.quantity is not None,
        "stock_quantity": product.quantity,
        "stock_status": "outofstock" if out_of_stock else "instock",
        "backorders": "no",
        "backorders_allowed": False,
        "backordered": False,
    }


def _attribute(listing: Listing, place: int) -> Json:
    used = dict.fromkeys(product.values[place] for product in listing.products if product.values[place])
    return {
        "id": 0,
        "name": listing.property_names[place],
        "position": place,
        "visible": True,
        "variation": True,
        "options": list(used),
    }


def _term(name: str) -> Json:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return {"id": 1 + zlib.crc32(name.encode()), "name": name, "slug": slug}


def _links(collection: str, number: str) -> Json:
    return {"self": [{"href": f"{collection}/{number}"}], "collection": [{"href": collection}]}


def _amount(price: Decimal | None) -> str:
    return "" if price is None else f"{price:f}"
