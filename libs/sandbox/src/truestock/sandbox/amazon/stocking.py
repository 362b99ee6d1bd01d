"""What Amazon cannot hold of a catalogue, adapted.

- Every item has a SKU, unique in the account, of at most 40 characters. Where the seller's file has none, or
  one that is taken, one is made: ``OWN-…``, the same for the same product and choice.
- A product with options becomes a parent, which has a SKU of Amazon's, and a child per variant. Option names
  become names of attributes (``Colour`` is ``colour``); two that read alike are numbered.
- Titles of at most 200 characters, at most nine photos.
- A variant whose quantity the file does not say is one that Amazon fulfills.
"""

import re
import unicodedata
from dataclasses import replace

from truestock.sandbox.catalog import Product
from truestock.sandbox.shop import MADE, IdKind, Listing, Shop, Skus

MAX_TITLE = 200
MAX_IMAGES = 9
MAX_SKU = 40
THEME, ASIN = "theme", "asin"
"""Facts of a listing: the attribute names of its options and the parent's ASIN."""
_TAKEN = frozenset({"brand", "item_name", "condition_type", "variation_theme", "parentage_level"})


def adapt(product: Product) -> Product:
    """The product as Amazon can hold it."""
    return replace(product, title=product.title[:MAX_TITLE].rstrip(), photos=product.photos[:MAX_IMAGES])


class Finish:
    """Gives each new listing of one shop its SKUs; a listing is named by its parent's or its only SKU."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        used = {product.sku for listing in shop for product in listing.products}
        self._skus = Skus(MADE, _fits, used | {listing.id for listing in shop})

    def __call__(self, listing: Listing, _: Product) -> None:
        self._skus.name(listing)
        if listing.property_names:
            listing.id = self._skus.take(None, (listing.handle or listing.title, "", "parent"))
            listing.note(**{THEME: theme(listing.property_names), ASIN: self._shop.new_id(IdKind.LISTING)})
        else:
            listing.id = listing.products[0].sku or listing.id


def _fits(sku: str) -> bool:
    return len(sku) <= MAX_SKU and sku.isprintable()


def theme(names: tuple[str, ...]) -> tuple[str, ...]:
    """Attribute names for option names, each another one."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
        found.append(slug if slug and slug not in {*found, *_TAKEN} else f"variation_{place}")
    return tuple(found)
