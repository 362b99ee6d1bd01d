"""What names a listing.

A listing of the Inventory API is named by what the seller chose and keeps: the group's key
(``group:…``), or the SKU of an item that is in no group (``sku:…``). eBay's own listing id changes when an
offer is withdrawn and published again, and there is none before that. A listing made by hand has nothing
but eBay's item id: digits.
"""

import re
from urllib.parse import unquote

GROUP = "group:"
SKU = "sku:"
LONGEST = 250
_UNSTORABLE = re.compile("[%\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def of_group(key: str) -> str | None:
    """The listing id of a group; None when the key is longer than any that eBay accepts (50)."""
    return _named(GROUP, key)


def of_sku(sku: str) -> str | None:
    """The listing id of a single item; None when the SKU is longer than any that eBay accepts (50)."""
    return _named(SKU, sku)


def group_key(listing_id: str) -> str | None:
    """The group that a listing id names."""
    return unquote(listing_id[len(GROUP) :]) if listing_id.startswith(GROUP) else None


def sku(listing_id: str) -> str | None:
    """The SKU that a listing id names."""
    return unquote(listing_id[len(SKU) :]) if listing_id.startswith(SKU) else None


def is_item_id(listing_id: str) -> bool:
    """Whether it is eBay's own id: of a listing made by hand."""
    return listing_id.isascii() and listing_id.isdigit() and len(listing_id) < 20


def _named(kind: str, name: str) -> str | None:
    # Only what a listing id must not hold is escaped, so that people recognise the rest.
    escaped = _UNSTORABLE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), name
    )
    return f"{kind}{escaped}" if name.strip() and len(escaped) <= LONGEST else None
