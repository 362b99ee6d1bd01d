"""The account's listings as eBay's two APIs find them."""

from collections.abc import Sequence
from dataclasses import dataclass

from truestock.sandbox.ebay.stocking import ITEM_ID, KEY, is_by_hand
from truestock.sandbox.shop import Derived, Listing, Product

PUBLISHED = ("active", "sold_out")


@dataclass(frozen=True, slots=True)
class Item:
    """One inventory item."""

    listing: Listing
    product: Product


@dataclass(frozen=True, slots=True)
class Found:
    """Everything by its names."""

    items: Sequence[Item]
    by_sku: dict[str, Item]
    by_offer: dict[str, Item]
    groups: dict[str, Listing]
    by_number: dict[str, Listing]
    published: Sequence[Listing]


class Index(Derived[Found]):
    """Orders an account's listings."""

    def __init__(self) -> None:
        super().__init__(_found)


def _found(source: Sequence[Listing]) -> Found:
    managed = [listing for listing in source if not is_by_hand(listing)]
    items = [Item(listing, product) for listing in managed for product in listing.products]
    by_number = {listing.facts[ITEM_ID]: listing for listing in source}
    return Found(
        items=items,
        by_sku={item.product.sku or "": item for item in items},
        by_offer={item.product.stock_id: item for item in items},
        groups={listing.facts[KEY]: listing for listing in managed if KEY in listing.facts},
        by_number=by_number,
        published=[one for _, one in sorted(by_number.items()) if one.state in PUBLISHED],
    )
