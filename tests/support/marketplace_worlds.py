"""Marketplaces of plain values, all with the same small surface: what the shared adapter suite runs on.

A marketplace joins the suite with one line in WORLDS. Its module ``support/<marketplace>_shop.py`` has
``world(n_listings, variants=1)``, which makes a :class:`MarketplaceShop` of ordinary listings that are for
sale, have a SKU per variant, two photos, and a known quantity and price.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support import amazon_shop, ebay_shop, etsy_shop, shopify_shop, woocommerce_shop
from support.marketplace_shop import MarketplaceShop


@dataclass(frozen=True, slots=True)
class Entry:
    """A marketplace in the suite.

    ``promise_more`` changes the decoded answer of a page so that it declares five listings more than there
    are; None where the marketplace declares no total.
    """

    name: str
    world: Callable[..., MarketplaceShop]
    promise_more: Callable[[Any], Any] | None = None


WORLDS = (
    Entry(
        "amazon",
        amazon_shop.world,
        lambda body: {**body, "numberOfResults": body["numberOfResults"] + 5},
    ),
    Entry("ebay", ebay_shop.world, ebay_shop.promise_more),
    Entry("etsy", etsy_shop.world, lambda body: {**body, "count": body["count"] + 5}),
    Entry("shopify", shopify_shop.world),
    Entry("woocommerce", woocommerce_shop.world, woocommerce_shop.promise_more),
)
