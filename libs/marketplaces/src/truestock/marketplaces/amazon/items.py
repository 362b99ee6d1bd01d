"""Searching Amazon's listings items, and how they are related: families, parents and children."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from truestock.marketplaces.amazon.account import seller_id
from truestock.marketplaces.api import Api
from truestock.marketplaces.decoded import objects
from truestock.marketplaces.errors import Gone, PartialRead
from truestock.marketplaces.text import identifier

PAGE = 20
"""Amazon's maximum, of a page and of the identifiers in one search."""
WHOLE = "summaries,attributes,offers,fulfillmentAvailability,relationships,productTypes,issues"
LONGEST_SKU = 255

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of a search."""

    declared: int
    items: tuple[Item, ...]
    token: str


async def search(api: Api, marketplace: str, included: str, **params: str) -> Found:
    """One page of a search; PartialRead when it holds no count or an item without its SKU."""
    query: dict[str, str | int] = {
        "marketplaceIds": marketplace,
        "includedData": included,
        "pageSize": PAGE,
        **params,
    }
    body = await api.get(_path(api), query)
    declared = body.get("numberOfResults") if isinstance(body, dict) else None
    rows = body.get("items") if isinstance(body, dict) else None
    if type(declared) is not int or declared < 0 or not isinstance(rows, list):
        raise PartialRead("Amazon's answer declares no count or no items.")
    pagination = body.get("pagination")
    token = pagination.get("nextToken") if isinstance(pagination, dict) else None
    return Found(declared, tuple(map(_item, rows)), token if isinstance(token, str) else "")


async def by_sku(api: Api, marketplace: str, skus: Sequence[str], included: str = WHOLE) -> dict[str, Item]:
    """The items that Amazon knows of these, in batches; PartialRead when fewer come than it declares."""
    found: dict[str, Item] = {}
    wanted = list(dict.fromkeys(sku for sku in skus if sku.strip()))
    # Identifiers are sent separated by commas, so a SKU with a comma in it is asked for by its own path.
    for batch in _batches([sku for sku in wanted if "," not in sku]):
        try:
            answer = await search(
                api, marketplace, included, identifiersType="SKU", identifiers=",".join(batch)
            )
        except Gone:
            continue
        if len(answer.items) < answer.declared:
            raise PartialRead(f"Amazon declared {answer.declared} of the SKUs and sent {len(answer.items)}.")
        found |= {item["sku"]: item for item in answer.items if item["sku"] in batch}
    for sku in wanted:
        if "," in sku:
            try:
                item = _item(
                    await api.get(
                        f"{_path(api)}/{quote(sku, safe='')}",
                        {"marketplaceIds": marketplace, "includedData": included},
                    )
                )
            except Gone:
                continue
            if item["sku"] != sku:
                raise PartialRead("Amazon sent another item than the one that was asked for.")
            found[sku] = item
    return found


def child_skus(item: Item, marketplace: str) -> tuple[str, ...]:
    """The SKUs of the variants of a variation parent, in Amazon's order; none for any other item."""
    return _related(item, marketplace, "childSkus")


def parent_skus(item: Item, marketplace: str) -> tuple[str, ...]:
    """The SKUs of the parents of a variation child; none for any other item."""
    return _related(item, marketplace, "parentSkus")


def created(items: Sequence[Item], marketplace: str) -> str | None:
    """The creation date of the last item that has one, as Amazon writes it."""
    for item in reversed(items):
        for summary in objects(item.get("summaries")):
            date = summary.get("createdDate")
            if summary.get("marketplaceId") == marketplace and isinstance(date, str) and _is_date(date):
                return date
    return None


def _related(item: Item, marketplace: str, key: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for place in objects(item.get("relationships")):
        if place.get("marketplaceId") != marketplace:
            continue
        for one in objects(place.get("relationships")):
            skus = one.get(key)
            if one.get("type") == "VARIATION" and isinstance(skus, list):
                found |= dict.fromkeys(sku for sku in skus if isinstance(sku, str) and sku.strip())
    return tuple(found)


def _path(api: Api) -> str:
    return f"/listings/2021-08-01/items/{quote(seller_id(api), safe='')}"


def _item(row: Any) -> Item:
    sku = row.get("sku") if isinstance(row, dict) else None
    text = sku if isinstance(sku, str) and len(sku) <= LONGEST_SKU else ""
    if not text.strip() or identifier(text) != " ".join(text.split()):
        raise PartialRead("Amazon sent an item without a readable SKU in place of a declared one.")
    item: Item = row
    return item


def _batches(skus: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(skus), PAGE):
        yield skus[start : start + PAGE]


def _is_date(text: str) -> bool:
    return 10 <= len(text) <= 40 and text.isascii() and "|" not in text and text[:4].isdigit()
