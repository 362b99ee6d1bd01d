"""Numbers as WooCommerce and its plugins write them."""

import re
from decimal import Decimal
from typing import Any

from truestock.marketplaces.gtin import is_gtin

LARGEST_COUNT = 10**12
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,20})?")


def amount(value: Any) -> Decimal | None:
    """A price: a decimal text, or a number where a plugin sends one; None when it is not a price."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value.strip()):
        return None
    return Decimal(value.strip())


def whole(value: Any) -> int | None:
    """Pieces; ``2.0`` (from plugins for decimal quantities) is two; None when it is not a whole number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and abs(value) < LARGEST_COUNT else None


def gtin(value: Any) -> str | None:
    """A GTIN, without the hyphens and spaces that people set; None for what is none."""
    if not isinstance(value, str):
        return None
    digits = value.replace("-", "").replace(" ", "")
    return digits if is_gtin(digits) else None
