"""What Shopify cannot hold of a catalogue, adapted.

- Three options at most: what is more is joined into the third. At most 2,048 variants and 250 photos.
- Titles of at most 255 characters.
- Every variant has a price: one without becomes 0.00. A quantity that is not tracked stays unknown.
"""

from dataclasses import replace
from decimal import Decimal

from truestock.sandbox.catalog import Product
from truestock.sandbox.shop import joined

MAX_TITLE = 255
MAX_PHOTOS = 250
MAX_VARIANTS = 2_048
_MAX_OPTIONS = 3


def adapt(product: Product) -> Product:
    """The product as Shopify can hold it."""
    return replace(
        product,
        title=product.title[:MAX_TITLE].rstrip(),
        option_names=joined(product.option_names, _MAX_OPTIONS),
        variants=tuple(
            replace(
                variant,
                values=joined(variant.values, _MAX_OPTIONS),
                price=Decimal(0) if variant.price is None else variant.price,
            )
            for variant in product.variants[:MAX_VARIANTS]
        ),
        photos=product.photos[:MAX_PHOTOS],
    )
