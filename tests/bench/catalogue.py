"""The shop that the sandbox sells: listings with 3 variants and 6 photos each, as a Shopify export."""

import csv
from pathlib import Path

VARIANTS = ("S", "M", "L")
PHOTOS = 6
HEADER = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Variant SKU",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Price",
    "Image Src",
    "Image Position",
    "Status",
)


def write(path: Path, listings: int) -> None:
    """Write ``listings`` products."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for number in range(1, listings + 1):
            rows.writerows(_product(number))


def _product(number: int) -> list[tuple[str, ...]]:
    handle, lines = f"shirt-{number}", []
    for place in range(PHOTOS):
        product = (f"Linen shirt No. {number}", "Washed linen.", "Bench", "shirt", "true", "Size")
        variant: tuple[str, ...] = ("",) * 5
        if place < len(VARIANTS):
            variant = (VARIANTS[place], f"B{number}-{VARIANTS[place]}", "shopify", str(3 + place), "24.90")
        head = product if place == 0 else ("",) * len(product)
        lines.append((handle, *head, *variant, f"photo:{number}/{place}", str(place + 1), "active"))
    return lines
