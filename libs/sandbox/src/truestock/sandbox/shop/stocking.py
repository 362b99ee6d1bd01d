"""Put a catalogue into a shop; the marketplace says how it adapts what it cannot hold."""

from collections.abc import Callable

from truestock.sandbox.catalog import Catalog
from truestock.sandbox.catalog import Product as CatalogProduct
from truestock.sandbox.shop.account import Shop
from truestock.sandbox.shop.model import IdKind, Image, Listing, Product

_FIRST_CREATED = 1_640_995_200
_JOIN = " / "
Adapt = Callable[[CatalogProduct], CatalogProduct]
Finish = Callable[[Listing, CatalogProduct], None]


def stock(shop: Shop, catalog: Catalog, *, adapt: Adapt | None = None, finish: Finish | None = None) -> None:
    """Add every product of the catalogue; the first product becomes the newest listing.

    ``adapt`` shortens, joins or drops what the marketplace cannot hold; ``finish`` sees each new listing
    before it is in the shop. An active listing of which nothing is left is ``sold_out``.
    """
    total = len(catalog.products)
    for index, product in enumerate(catalog.products):
        fitting = adapt(product) if adapt else product
        listing = _listing(shop, fitting, _FIRST_CREATED + (total - index) * 60)
        if finish:
            finish(listing, fitting)
        listing.settle()
        shop.add(listing)


def joined(parts: tuple[str, ...], at_most: int) -> tuple[str, ...]:
    """Options or their values in at most so many: what is more is joined into the last (``Red / Cotton``)."""
    if len(parts) <= at_most:
        return parts
    return (*parts[: at_most - 1], _JOIN.join(parts[at_most - 1 :]))


def _listing(shop: Shop, product: CatalogProduct, created: int) -> Listing:
    return Listing(
        id=shop.new_id(IdKind.LISTING),
        title=product.title,
        description=product.description,
        state=product.state.value,
        created=created,
        updated=created,
        property_names=product.option_names,
        products=[
            Product(
                id=shop.new_id(IdKind.PRODUCT),
                stock_id=shop.new_id(IdKind.STOCK),
                values=variant.values,
                sku=variant.sku,
                quantity=variant.quantity,
                price=variant.price,
                gtin=variant.gtin,
            )
            for variant in product.variants
        ],
        images=[Image(shop.new_id(IdKind.IMAGE), photo.alt) for photo in product.photos],
        tags=product.tags,
        vendor=product.vendor,
        category=product.category,
        handle=product.handle,
    )
