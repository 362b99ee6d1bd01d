"""Single calls of the Sell Inventory API."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import Gone, PartialRead, PermanentRefusal, Temporary

ROOT = "/sell/inventory/v1"
PAGE = 100
"""eBay allows 200; with up to 250 variants behind each item, half of it keeps a page small."""
BULK = 25
"""eBay's maximum for bulk_get_inventory_item."""
MOST_OFFERS = 100
KEYS = ("inventoryItemGroupKeys", "groupIds")
"""Where an item names its groups: eBay uses both names."""

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Items:
    """One page of inventory items by SKU; ``next_offset`` is what eBay's link to the next page says."""

    total: int
    rows: dict[str, Item]
    count: int
    next_offset: int | None


async def items(api: Api, offset: int) -> Items:
    """A page of all inventory items."""
    try:
        body = await api.get(f"{ROOT}/inventory_item", {"limit": PAGE, "offset": offset})
    except Gone:
        return Items(0, {}, 0, None)  # eBay's answer for a seller without any
    total = body.get("total") if isinstance(body, dict) else None
    rows = body.get("inventoryItems") or [] if isinstance(body, dict) else None
    if type(total) is not int or total < 0 or not isinstance(rows, list):
        raise PartialRead("eBay's answer declares no total or no inventory items.")
    found: dict[str, Item] = {}
    for row in rows:
        sku = row.get("sku") if isinstance(row, dict) else None
        if not isinstance(sku, str) or not sku.strip():
            raise PartialRead("eBay sent an inventory item without its SKU in place of a declared one.")
        found[sku] = row
    return Items(total, found, len(rows), _offset(body.get("next")))


async def items_by_sku(api: Api, skus: Collection[str]) -> dict[str, Item]:
    """Those of these inventory items that exist.

    What an answer leaves out is asked for once more; PartialRead when it stays unanswered.
    """
    waiting, found = list(dict.fromkeys(skus)), dict[str, Item]()
    for _ in range(2):
        unanswered: list[str] = []
        for start in range(0, len(waiting), BULK):
            batch = waiting[start : start + BULK]
            answers = await _bulk(api, batch)
            found |= {sku: item for sku, item in answers.items() if item is not None}
            unanswered += [sku for sku in batch if sku not in answers]
        if not unanswered:
            return found
        waiting = unanswered
    raise PartialRead(f"eBay left {len(waiting)} of the inventory items that were asked for unanswered.")


async def group(api: Api, key: str) -> Mapping[str, Any] | None:
    """A group of inventory items; None when there is none of that key."""
    try:
        body = await api.get(f"{ROOT}/inventory_item_group/{quote(key, safe='')}")
    except Gone:
        return None
    if not isinstance(body, dict):
        raise PartialRead("eBay's answer holds no inventory item group.")
    return body


async def offers(api: Api, sku: str) -> list[Any]:
    """All offers of an inventory item, published or not; eBay knows one per format and site."""
    try:
        body = await api.get(f"{ROOT}/offer", {"sku": sku, "limit": MOST_OFFERS})
    except Gone:
        return []  # eBay's answer for an item that is not offered
    rows = body.get("offers") or [] if isinstance(body, dict) else None
    total = body.get("total") if isinstance(body, dict) else None
    if not isinstance(rows, list) or (type(total) is int and total > len(rows)):
        raise PartialRead("eBay sent fewer offers than it declared.")
    return rows


def members(group: Mapping[str, Any]) -> list[str]:
    """The SKUs of a group, in the seller's order."""
    skus = group.get("variantSKUs")
    return list(dict.fromkeys(s for s in skus if isinstance(s, str))) if isinstance(skus, list) else []


def keys(item: Item) -> list[str]:
    """The groups that an item says it belongs to."""
    found: list[str] = []
    for name in KEYS:
        values = item.get(name)
        found += [one for one in values if isinstance(one, str) and one] if isinstance(values, list) else []
    return list(dict.fromkeys(found))


async def _bulk(api: Api, skus: Sequence[str]) -> dict[str, Item | None]:
    body = {"requests": [{"sku": sku} for sku in skus]}
    try:
        answer = (await api.request("POST", f"{ROOT}/bulk_get_inventory_item", json=body)).content
    except Gone:
        # One SKU that cannot be one may fail the request for all: find out which.
        return {sku: await _one(api, sku) for sku in skus}
    responses = answer.get("responses") if isinstance(answer, dict) else None
    if not isinstance(responses, list):
        raise PartialRead("eBay's answer holds no inventory items.")
    return {
        one["sku"]: _item(one)
        for one in responses
        if isinstance(one, dict) and isinstance(one.get("sku"), str)
    }


async def _one(api: Api, sku: str) -> Item | None:
    try:
        item = await api.get(f"{ROOT}/inventory_item/{quote(sku, safe='')}")
    except Gone:
        return None
    if not isinstance(item, dict):
        raise PartialRead("eBay's answer holds no inventory item.")
    return {"sku": sku, **item}


def _item(answer: Mapping[str, Any]) -> Item | None:
    status, item = answer.get("statusCode"), answer.get("inventoryItem")
    if isinstance(item, dict) and (status is None or status == 200):
        return {"sku": answer["sku"], **item}
    if type(status) is int and status >= 500:
        raise Temporary(f"eBay answered {status} for one of several inventory items.")
    if status == 404 or status == 400:
        return None
    raise PermanentRefusal(f"eBay answered {status} for one of several inventory items.")


def _offset(link: object) -> int | None:
    """Only the number is taken from the link: the address that it leads to is ours."""
    if not isinstance(link, str):
        return None
    try:
        values = parse_qs(urlsplit(link).query).get("offset", [])
    except ValueError:
        return None
    return int(values[0]) if len(values) == 1 and values[0].isascii() and values[0].isdigit() else None
