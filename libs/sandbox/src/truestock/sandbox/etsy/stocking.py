"""What Etsy cannot hold of a catalogue, adapted.

- Two variation properties at most: a third option is joined into the second (``Red / Cotton``).
- Titles of at most 140 characters, at most 10 photos, at most 13 tags of 20 characters.
- A product with no option, no SKU and an unknown quantity becomes a listing without an inventory record;
  any other unknown quantity is an offering without a ``quantity``.
"""

import zlib
from dataclasses import replace

from truestock.sandbox.catalog import Product
from truestock.sandbox.shop import Listing, joined

MAX_TITLE = 140
MAX_IMAGES = 10
_PROPERTIES = 2


def adapt(product: Product) -> Product:
    """The product as Etsy can hold it."""
    return replace(
        product,
        title=product.title[:MAX_TITLE].rstrip(),
        option_names=joined(product.option_names, _PROPERTIES),
        variants=tuple(
            replace(variant, values=joined(variant.values, _PROPERTIES)) for variant in product.variants
        ),
        photos=product.photos[:MAX_IMAGES],
        tags=tuple(tag[:20] for tag in product.tags[:13]),
    )


def finish(listing: Listing, product: Product) -> None:
    """Etsy's own number of the category, and whether there is an inventory record."""
    listing.note(taxonomy_id=1 + zlib.crc32(product.category.encode()) % 12_000)
    alone = listing.products[0] if len(listing.products) == 1 and not listing.property_names else None
    listing.has_record = alone is None or alone.quantity is not None or alone.sku is not None
