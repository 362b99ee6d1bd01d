"""The columns of Shopify's product export: the long-standing names and those of the newer template.

Source: Shopify help, “Using CSV files to import and export products”, and exports of both generations.
"""

import difflib
import re
from pathlib import Path

from truestock.sandbox.catalog.errors import CatalogError

_ALIASES = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "description": ("body (html)", "description", "body html"),
    "vendor": ("vendor",),
    "category": ("product category", "standard product type", "standardized product type"),
    "type": ("type", "product type", "custom product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "sku": ("variant sku", "sku"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "variant inventory quantity", "inventory quantity"),
    "price": ("variant price", "price"),
    "gtin": ("variant barcode", "barcode"),
    "photo": ("image src", "product image url"),
    "photo_position": ("image position",),
    "photo_alt": ("image alt text",),
    **{f"option{n}_name": (f"option{n} name",) for n in (1, 2, 3)},
    **{f"option{n}_value": (f"option{n} value",) for n in (1, 2, 3)},
}
_KNOWN = {alias: role for role, aliases in _ALIASES.items() for alias in aliases}
_FIRST_COUNTS = ("category", "type")  # exports of some years have both an old and a new column of these
_REQUIRED = {"handle": "Handle", "title": "Title"}
# Columns of the export that the sandbox has no use for, comma separated.
_UNUSED_NAMES = """
option1 linked to, option2 linked to, option3 linked to, variant grams, weight value (grams), weight
unit for display, variant weight, variant weight unit, variant inventory policy, continue selling
when out of stock, variant fulfillment service, fulfillment service, variant compare at price,
compare-at price, compare at price, variant requires shipping, requires shipping, variant taxable,
charge tax, variant tax code, tax code, variant image, variant image url,
gift card, seo title, seo description, cost per item, variant cost, template suffix, collection,
unit price total measure, unit price total measure unit, unit price base measure, unit price base
measure unit, variant country of origin, country of origin, country/region of origin, variant
harmonized system code, harmonized system code, hs code, variant metafield, image width, image
height, id, variant id, command, published at, published scope, google: custom product type
"""
_UNUSED = frozenset(" ".join(_UNUSED_NAMES.split()).split(", "))
_UNUSED_PATTERNS = re.compile(
    r"google shopping / .+|google shopping: .+|.*\(.*metafields\..+\)|metafield: .+|"
    r"(included|price|compare at price|compare-at price|status) / .+|inventory available: .+",
)
_EXPORT_AGAIN = "export it from Shopify again (Products, Export, plain CSV file)"


class Columns:
    """Where each role is in a row. Roles that the file does not have read as the empty string."""

    def __init__(self, file: Path, header: list[str]) -> None:
        """Raises CatalogError when this is not the header of a Shopify product export."""
        self.names = header
        self._index: dict[str, int] = {}
        unknown = []
        for position, name in enumerate(header):
            folded = " ".join(name.split()).casefold()
            role = _KNOWN.get(folded)
            if role in self._index and role not in _FIRST_COUNTS:
                earlier = header[self._index[role]]
                cause = f"it says the same as the column {earlier!r}"
                raise CatalogError(file, cause, "remove one of the two", row=1, column=name)
            if role:
                self._index.setdefault(role, position)
            elif folded not in _UNUSED and not _UNUSED_PATTERNS.fullmatch(folded):
                unknown.append(name)
        if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
            cause = "the columns are not separated by commas"
            raise CatalogError(file, cause, "save it as a comma-separated file", row=1)
        if unknown:
            cause = "Shopify's product export has no such column" + _suggest(unknown[0])
            remedy = f"correct or remove the column, or {_EXPORT_AGAIN}"
            raise CatalogError(file, cause, remedy, row=1, column=unknown[0])
        for role, name in _REQUIRED.items():
            if role not in self._index:
                cause = "this column of Shopify's product export is missing"
                raise CatalogError(file, cause, _EXPORT_AGAIN, row=1, column=name)

    def has(self, role: str) -> bool:
        """Whether the file has a column of this role."""
        return role in self._index

    def value(self, fields: list[str], role: str) -> str:
        """The row's text under this role, stripped; empty when there is none."""
        position = self._index.get(role)
        return "" if position is None else fields[position].strip()

    def name(self, role: str) -> str:
        """The column's name as the file writes it."""
        position = self._index.get(role)
        return role if position is None else self.names[position]


def _suggest(name: str) -> str:
    known = [*_KNOWN, *_UNUSED]
    close = difflib.get_close_matches(" ".join(name.split()).casefold(), known, n=1)
    return f" (did it mean {close[0].title()!r}?)" if close else ""
