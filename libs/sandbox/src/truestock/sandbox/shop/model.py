"""Listings, their products and photos. Ids are strings; each marketplace numbers in its own style."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

STATES = ("active", "inactive", "sold_out", "draft", "expired")
NO_FACTS: Mapping[str, Any] = MappingProxyType({})


def _no_facts() -> Mapping[str, Any]:
    return NO_FACTS  # one for all: a catalogue has hundreds of thousands of products


class IdKind(StrEnum):
    """What an id is for; a marketplace may number each kind differently."""

    LISTING = "listing"
    PRODUCT = "product"
    STOCK = "stock"
    IMAGE = "image"


@dataclass(slots=True)
class Product:
    """One sellable choice of a listing (a variant).

    ``values`` are aligned with the listing's ``property_names``. ``id`` is the marketplace's id of it,
    ``stock_id`` of the record beside it that carries price or stock (Etsy's offering, Shopify's inventory
    item, eBay's offer). ``quantity`` and ``price`` are None when the seller's file does not say. ``gtin`` is
    the barcode. ``facts``: what only one marketplace knows, replaced as a whole to change it.
    """

    id: str
    stock_id: str
    values: tuple[str, ...] = ()
    sku: str | None = None
    quantity: int | None = None
    price: Decimal | None = None
    enabled: bool = True
    gtin: str | None = None
    facts: Mapping[str, Any] = field(default_factory=_no_facts)


@dataclass(slots=True)
class Image:
    """One photo of a listing. ``broken``: it is listed, but its file cannot be fetched."""

    id: str
    alt: str = ""
    broken: bool = False


@dataclass(slots=True)
class Listing:
    """What one seller-visible product is; times in seconds since 1970.

    ``description`` may hold HTML, as sellers write it. ``has_record``: whether the marketplace keeps an
    inventory record for it (some listings have none). ``handle`` is the seller's own name for it.
    """

    id: str
    title: str
    description: str
    state: str
    created: int
    updated: int
    products: list[Product]
    property_names: tuple[str, ...] = ()
    images: list[Image] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    vendor: str = ""
    category: str = ""
    handle: str = ""
    has_record: bool = True
    facts: Mapping[str, Any] = field(default_factory=_no_facts)

    @property
    def quantity(self) -> int | None:
        """Pieces over all enabled products; None as soon as one of them is unknown."""
        quantities = [product.quantity for product in self.products if product.enabled]
        if any(quantity is None for quantity in quantities):
            return None
        return sum(quantity or 0 for quantity in quantities)

    @property
    def price(self) -> Decimal | None:
        """The lowest price of its products; None when none of them has one."""
        return min((product.price for product in self.products if product.price is not None), default=None)

    def note(self, **facts: Any) -> None:
        """Remember facts that only this marketplace knows."""
        self.facts = MappingProxyType({**self.facts, **facts})

    def settle(self) -> None:
        """An active listing of which nothing is left is sold out, and the other way round."""
        if self.state == "active" and self.quantity == 0:
            self.state = "sold_out"
        elif self.state == "sold_out" and self.quantity != 0:
            self.state = "active"
