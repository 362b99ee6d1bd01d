"""A catalogue: products with variants, stock and photos, independent of any marketplace's shapes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum


class ProductState(StrEnum):
    """Whether the seller offers the product."""

    ACTIVE = "active"
    DRAFT = "draft"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Variant:
    """One sellable option. ``values`` are aligned with the product's ``option_names``.

    ``quantity`` in pieces, None when the seller does not track it; ``price`` None when the file has none;
    ``gtin`` is the barcode.
    """

    values: tuple[str, ...] = ()
    sku: str | None = None
    quantity: int | None = None
    price: Decimal | None = None
    gtin: str | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo as the file names it; a marketplace of the sandbox serves its own picture in its place."""

    source: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """One product; a marketplace shows it as one listing."""

    handle: str
    title: str
    description: str
    variants: tuple[Variant, ...]
    option_names: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()
    vendor: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    state: ProductState = ProductState.ACTIVE


@dataclass(frozen=True, slots=True)
class Totals:
    """What a catalogue adds up to. ``stock`` sums known quantities; ``unknown_stock`` counts variants."""

    listings: int
    variants: int
    stock: int
    unknown_stock: int
    zero_stock: int
    without_sku: int
    without_price: int
    photos: int
    without_photo: int
    not_published: int

    def as_dict(self) -> dict[str, int]:
        """The figures by name, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Products in the seller's order. ``notes`` counts what had to be adapted while reading, by reason."""

    products: tuple[Product, ...]
    notes: Mapping[str, int] = field(default_factory=Counter)

    def totals(self) -> Totals:
        """Count the catalogue once more from its products."""
        variants = [variant for product in self.products for variant in product.variants]
        return Totals(
            listings=len(self.products),
            variants=len(variants),
            stock=sum(variant.quantity or 0 for variant in variants),
            unknown_stock=sum(variant.quantity is None for variant in variants),
            zero_stock=sum(variant.quantity == 0 for variant in variants),
            without_sku=sum(not variant.sku for variant in variants),
            without_price=sum(variant.price is None for variant in variants),
            photos=sum(len(product.photos) for product in self.products),
            without_photo=sum(not product.photos for product in self.products),
            not_published=sum(product.state is not ProductState.ACTIVE for product in self.products),
        )
