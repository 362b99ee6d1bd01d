"""Accounts and listings in plain words."""

from typing import Any

from truestock.sandbox.etsy.shop import EtsyListing, EtsyShop

Json = dict[str, Any]


def account_view(shop: EtsyShop) -> Json:
    """An account with what its shop adds up to."""
    products = [product for listing in shop for product in listing.products]
    return {
        "marketplace": shop.marketplace,
        "account": shop.account_id,
        "user_id": shop.user_id,
        "shop_id": shop.shop_id,
        "login": shop.login,
        "shop_name": shop.name,
        "currency": shop.currency,
        "listings": len(shop),
        "variants": len(products),
        "stock": sum(product.quantity or 0 for product in products),
        "unknown_stock": sum(product.quantity is None for product in products),
    }


def listing_view(listing: EtsyListing) -> Json:
    """A listing as it is now; quantity and price are null when unknown."""
    return {
        "listing_id": str(listing.listing_id),
        "title": listing.title,
        "description": listing.description,
        "state": listing.state,
        "has_record": listing.has_record,
        "updated": listing.updated,
        "photos": [{"id": image.image_id, "broken": image.broken} for image in listing.images],
        "variants": [
            {
                "product_id": str(product.product_id),
                "offering_id": str(product.offering_id),
                "sku": product.sku,
                "options": dict(zip(listing.property_names, product.values, strict=True)),
                "quantity": product.quantity,
                "price": None if product.price is None else str(product.price),
                "enabled": product.enabled,
            }
            for product in listing.products
        ],
    }
