"""Put a catalogue into an Etsy shop, adapted to what Etsy can hold.

- Two variation properties at most: a third option is joined into the second (``Red / Cotton``).
- Titles of at most 140 characters, at most 10 photos.
- A product with no option, no SKU and an unknown quantity becomes a listing without an inventory record;
  any other unknown quantity is an offering without a ``quantity``.
- An active listing of which nothing is left is ``sold_out``.
"""

import zlib

from truestock.sandbox.catalog import Catalog, Product, ProductState
from truestock.sandbox.etsy.shop import EtsyImage, EtsyListing, EtsyProduct, EtsyShop

MAX_TITLE = 140
MAX_IMAGES = 10
_FIRST_CREATED = 1_640_995_200
_JOIN = " / "


def stock(shop: EtsyShop, catalog: Catalog) -> None:
    """Add every product of the catalogue; the first product becomes the newest listing."""
    total = len(catalog.products)
    for index, product in enumerate(catalog.products):
        shop.add(_listing(shop, product, _FIRST_CREATED + (total - index) * 60))


def _listing(shop: EtsyShop, product: Product, created: int) -> EtsyListing:
    names = _joined(product.option_names)
    listing = EtsyListing(
        listing_id=shop.new_id(),
        title=product.title[:MAX_TITLE].rstrip(),
        description=product.description,
        state=product.state.value,
        created=created,
        updated=created,
        property_names=names,
        products=[
            EtsyProduct(
                product_id=shop.new_id(),
                offering_id=shop.new_id(),
                values=_joined(variant.values),
                sku=variant.sku,
                quantity=variant.quantity,
                price=variant.price,
            )
            for variant in product.variants
        ],
        images=[EtsyImage(shop.new_id(), photo.alt) for photo in product.photos[:MAX_IMAGES]],
        tags=tuple(tag[:20] for tag in product.tags[:13]),
        taxonomy_id=1 + zlib.crc32(product.category.encode()) % 12_000,
    )
    alone = listing.products[0] if len(listing.products) == 1 and not names else None
    listing.has_record = alone is None or alone.quantity is not None or alone.sku is not None
    if product.state is ProductState.ACTIVE and listing.quantity == 0:
        listing.state = "sold_out"
    return listing


def _joined(parts: tuple[str, ...]) -> tuple[str, ...]:
    return parts if len(parts) <= 2 else (parts[0], _JOIN.join(parts[1:]))
