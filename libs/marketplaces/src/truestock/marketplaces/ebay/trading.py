"""Single calls of the Trading API, which alone knows listings that were made by hand.

https://developer.ebay.com/devzone/xml/docs/reference/ebay/
"""

from collections.abc import Mapping
from typing import Any

from truestock.marketplaces.api import Api
from truestock.marketplaces.ebay import ids
from truestock.marketplaces.ebay.cursor import Phase
from truestock.marketplaces.errors import Gone, PartialRead

PATH = "/ws/api.dll"
PAGE = 100
"""eBay allows 200; every hand-made listing is read by itself, so a smaller page is a shorter step."""
VERSION = "1349"
SITE = "0"
"""The site does not matter for reading: prices carry their currency."""
LISTS: dict[Phase, str] = {"active": "ActiveList", "scheduled": "ScheduledList"}
VOLATILE = ("HitCount", "QuestionCount", "TimeLeft", "WatchCount")
"""Change by themselves with every read and say nothing about the listing."""
_SCHEMA = "urn:ebay:apis:eBLBaseComponents"


async def my_listings(api: Api, phase: Phase, page: int) -> tuple[int, list[Mapping[str, Any]]]:
    """How many listings a list holds, and those of one page (the first is 1), with what a list shows."""
    name = LISTS[phase]
    body = await _call(
        api,
        "GetMyeBaySelling",
        f"<{name}><Include>true</Include><Sort>ItemID</Sort><Pagination>"
        f"<EntriesPerPage>{PAGE}</EntriesPerPage><PageNumber>{page}</PageNumber></Pagination></{name}>"
        "<DetailLevel>ReturnAll</DetailLevel>",
    )
    found = body.get(name)
    if not isinstance(found, Mapping):
        return 0, []  # eBay leaves an empty list out
    result, array = found.get("PaginationResult"), found.get("ItemArray")
    total = result.get("TotalNumberOfEntries") if isinstance(result, Mapping) else None
    rows = array.get("Item", []) if isinstance(array, Mapping) else []
    if not isinstance(total, str) or not (total.isascii() and total.isdigit()):
        raise PartialRead("eBay's Trading API declares no total.")
    items = [row for row in rows if isinstance(row, Mapping) and ids.is_item_id(str(row.get("ItemID")))]
    if len(items) != len(rows):
        raise PartialRead("eBay sent a listing without its id in place of a declared one.")
    return int(total), items


async def item(api: Api, item_id: str) -> Mapping[str, Any] | None:
    """One listing of any seller, whole; None when eBay does not know it (any more)."""
    try:
        body = await _call(
            api,
            "GetItem",
            f"<ItemID>{item_id}</ItemID><DetailLevel>ReturnAll</DetailLevel>"
            "<IncludeItemSpecifics>true</IncludeItemSpecifics>",
        )
    except Gone:
        return None
    rows = body.get("Item")
    found = rows[0] if isinstance(rows, list) and rows else None
    if not isinstance(found, Mapping) or found.get("ItemID") != item_id:
        raise PartialRead("eBay's Trading API answered without the listing that was asked for.")
    return {name: value for name, value in found.items() if name not in VOLATILE}


def skus(item: Mapping[str, Any]) -> list[str]:
    """The SKUs of a listing: of its variations, or its own."""
    variations = item.get("Variations")
    rows = variations.get("Variation", []) if isinstance(variations, Mapping) else []
    found = [row.get("SKU") for row in rows if isinstance(row, Mapping)] + [item.get("SKU")]
    return [sku for sku in found if isinstance(sku, str) and sku.strip()]


async def _call(api: Api, name: str, content: str) -> Mapping[str, Any]:
    document = (
        f'<?xml version="1.0" encoding="utf-8"?><{name}Request xmlns="{_SCHEMA}">{content}</{name}Request>'
    )
    answer = await api.request(
        "POST",
        PATH,
        content=document.encode(),
        headers={
            "content-type": "text/xml; charset=utf-8",
            "x-ebay-api-call-name": name,
            "x-ebay-api-compatibility-level": VERSION,
            "x-ebay-api-siteid": SITE,
        },
    )
    if not isinstance(answer.content, Mapping) or answer.content.get("Ack") not in ("Success", "Warning"):
        raise PartialRead("eBay's Trading API answered without saying whether it succeeded.")
    return answer.content
