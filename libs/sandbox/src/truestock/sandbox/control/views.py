"""Accounts and listings in plain words."""

from typing import Any

from truestock.sandbox.marketplace import Marketplace
from truestock.sandbox.shop import Listing, Shop

Json = dict[str, Any]


def account_view(marketplace: Marketplace, shop: Shop) -> Json:
    """An account with what its shop adds up to."""
    products = [product for listing in shop for product in listing.products]
    return {
        "marketplace": shop.marketplace,
        "account": shop.account_id,
        "user_id": shop.user_id,
        "login": shop.login,
        "shop_name": shop.name,
        "currency": shop.currency,
        "listings": len(shop),
        "variants": len(products),
        "stock": sum(product.quantity or 0 for product in products),
        "unknown_stock": sum(product.quantity is None for product in products),
        **marketplace.describe(shop),
    }


def listing_view(listing: Listing) -> Json:
    """A listing as it is now; quantity and price are null when unknown."""
    return {
        "listing_id": listing.id,
        "title": listing.title,
        "description": listing.description,
        "state": listing.state,
        "has_record": listing.has_record,
        "updated": listing.updated,
        "photos": [{"id": image.id, "broken": image.broken} for image in listing.images],
        "variants": [
            {
                "product_id": product.id,
                "offering_id": product.stock_id,
                "sku": product.sku,
                "gtin": product.gtin,
                "options": dict(zip(listing.property_names, product.values, strict=True)),
                "quantity": product.quantity,
                "price": None if product.price is None else str(product.price),
                "enabled": product.enabled,
            }
            for product in listing.products
        ],
    }
