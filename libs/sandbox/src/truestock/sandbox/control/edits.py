"""Change a listing as its seller would on the marketplace."""

from truestock.sandbox.control.bodies import Edit
from truestock.sandbox.marketplace import Marketplace
from truestock.sandbox.shop import IdKind, Image, Listing, Product, Shop

_VARIANT_FIELDS = frozenset({"quantity", "price", "sku", "enabled"})


class EditRefused(Exception):
    """The edit does not fit the listing; its text says why."""


def apply_edit(marketplace: Marketplace, shop: Shop, listing: Listing, edit: Edit, now: int) -> None:
    """Apply what is given. Raises EditRefused before anything changes."""
    given = edit.model_fields_set
    products = _picked(listing, edit)
    if edit.delete:
        shop.remove(listing.id)
        return
    if edit.title is not None:
        listing.title = edit.title
    if edit.description is not None:
        listing.description = edit.description
    if edit.tags is not None:
        listing.tags = tuple(edit.tags)
    if given & _VARIANT_FIELDS:
        _change_products(products, edit)
        listing.settle()
        marketplace.edited(shop, listing)
    _change_photos(shop, listing, edit)
    if edit.state is not None:
        listing.state = edit.state
    listing.updated = now
    shop.touch(listing)


def _picked(listing: Listing, edit: Edit) -> list[Product]:
    wanted = edit.variant
    if wanted is None:
        return listing.products
    if isinstance(wanted, str):
        found = [product for product in listing.products if product.sku == wanted]
    else:
        values = tuple(wanted.get(name, "") for name in listing.property_names)
        exact = set(wanted) == set(listing.property_names)
        found = [product for product in listing.products if exact and product.values == values]
    if not found:
        raise EditRefused(f"listing {listing.id} has no variant {wanted!r}")
    return found


def _change_products(products: list[Product], edit: Edit) -> None:
    given = edit.model_fields_set
    for product in products:
        if "quantity" in given:
            product.quantity = edit.quantity
        if "price" in given:
            product.price = edit.price
        if "sku" in given:
            product.sku = edit.sku or None
        if edit.enabled is not None:
            product.enabled = edit.enabled


def _change_photos(shop: Shop, listing: Listing, edit: Edit) -> None:
    match edit.photos:
        case None:
            pass
        case "reverse":
            listing.images.reverse()
        case "rotate":
            listing.images[:] = listing.images[1:] + listing.images[:1]
        case int(count):
            listing.images[count:] = []
            while len(listing.images) < count:
                listing.images.append(Image(shop.new_id(IdKind.IMAGE)))
    if edit.break_photos is not None:
        for image in listing.images:
            image.broken = edit.break_photos
