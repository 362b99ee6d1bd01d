"""What the sellers have: products from a Shopify export or generated, whatever marketplace shows them."""

from truestock.sandbox.catalog.errors import CatalogError
from truestock.sandbox.catalog.generator import generate
from truestock.sandbox.catalog.model import Catalog, Photo, Product, ProductState, Totals, Variant
from truestock.sandbox.catalog.shopify_csv import load_csv, parse_csv

__all__ = [
    "Catalog",
    "CatalogError",
    "Photo",
    "Product",
    "ProductState",
    "Totals",
    "Variant",
    "generate",
    "load_csv",
    "parse_csv",
]
