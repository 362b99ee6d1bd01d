"""The items of an account: single ones, parents and children, oldest first, and found by SKU."""

from collections.abc import Sequence
from dataclasses import dataclass

from truestock.sandbox.instants import with_milliseconds
from truestock.sandbox.shop import Derived, Listing, Product


@dataclass(frozen=True, slots=True)
class Item:
    """One SKU; ``product`` None: the parent of a family. ``created`` as Amazon writes it."""

    sku: str
    listing: Listing
    product: Product | None
    created: str


@dataclass(frozen=True, slots=True)
class Items:
    """All items of an account as they are now."""

    oldest_first: Sequence[Item]
    by_sku: dict[str, Item]


class Index(Derived[Items]):
    """Lists an account's items."""

    def __init__(self) -> None:
        super().__init__(_all_items)


def _all_items(newest_first: Sequence[Listing]) -> Items:
    items = [item for listing in reversed(newest_first) for item in _items(listing)]
    return Items(items, {item.sku: item for item in items})


def moment(seconds: int, more: int = 0) -> str:
    """A time in ISO 8601, ``more`` milliseconds later."""
    return with_milliseconds(seconds, more)


def _items(listing: Listing) -> list[Item]:
    products = [
        Item(product.sku or "", listing, product, moment(listing.created, place))
        for place, product in enumerate(listing.products, 1)
    ]
    if not listing.property_names:
        return products
    return [Item(listing.id, listing, None, moment(listing.created)), *products]
