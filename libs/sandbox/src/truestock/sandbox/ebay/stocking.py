"""What eBay cannot hold of a catalogue, adapted, and by which of eBay's two ways it is listed.

- The Inventory API wants an SKU for everything, unique in the account, of at most 50 characters. A product
  for sale that has none, or one that is taken, is listed by hand (Trading API), which allows both; so is
  every eighth of the others. A product that is not for sale gets an SKU of the sandbox's (``OWN-…``).
- A product with options becomes a group of inventory items, or a listing with variations.
- Titles of at most 80 characters, at most 24 photos. eBay's limit of 250 variations is not enforced, so that
  a catalogue keeps its number of variants.

The control API names a listing ``group:<key>``, ``sku:<SKU>``, or by eBay's item number where it was made
by hand.
"""

import zlib
from dataclasses import replace

from truestock.sandbox.catalog import Product
from truestock.sandbox.shop import MADE, IdKind, Listing, Shop, Skus

MAX_TITLE = 80
MAX_IMAGES = 24
MAX_SKU = 50
BY_HAND_EVERY = 8
ITEM_ID, KEY = "item_id", "key"
"""Facts of a listing: eBay's number and the key of its group."""


def adapt(product: Product) -> Product:
    """The product as eBay can hold it."""
    return replace(product, title=product.title[:MAX_TITLE].rstrip(), photos=product.photos[:MAX_IMAGES])


def is_by_hand(listing: Listing) -> bool:
    """Whether only the Trading API knows it."""
    return listing.id == listing.facts.get(ITEM_ID)


class Finish:
    """Decides for each new listing of one shop how it is listed, and names it."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        managed = [product for one in shop if not is_by_hand(one) for product in one.products]
        self._skus = Skus(MADE, _fits, (product.sku for product in managed))

    def __call__(self, listing: Listing, product: Product) -> None:
        listing.note(**{ITEM_ID: self._shop.new_id(IdKind.LISTING)})
        chosen = zlib.crc32((product.handle or product.title).encode()) % BY_HAND_EVERY == 0
        if listing.state == "active" and (chosen or not self._usable(listing)):
            listing.id = listing.facts[ITEM_ID]
            return
        self._skus.name(listing)
        if listing.property_names:
            listing.note(**{KEY: f"G{listing.facts[ITEM_ID]}"})
            listing.id = f"group:{listing.facts[KEY]}"
        else:
            listing.id = f"sku:{listing.products[0].sku}"

    def _usable(self, listing: Listing) -> bool:
        skus = [product.sku for product in listing.products]
        return len(set(skus)) == len(skus) and all(map(self._skus.usable, skus))


def _fits(sku: str) -> bool:
    return len(sku) <= MAX_SKU and sku.isprintable() and "/" not in sku
