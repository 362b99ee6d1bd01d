"""Paged and batched reads of Amazon listings.

A variation family is one listing: the parent with its children. Children that a page brings are left out
there when an existing parent names them, and are listings of their own otherwise.
"""

from collections.abc import Sequence

from truestock.marketplaces.amazon import account
from truestock.marketplaces.amazon.items import (
    PAGE,
    WHOLE,
    Found,
    Item,
    by_sku,
    child_skus,
    parent_skus,
    search,
)
from truestock.marketplaces.amazon.position import Position
from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import Gone, PermanentRefusal
from truestock.marketplaces.interface import Page, RawListing

BATCH = PAGE


async def read_page(api: Api, cursor: str | None) -> Page:
    """One page. Amazon declares how many SKUs there are, not how many families: the total is not known."""
    account.seller_id(api)
    position = Position(await account.marketplace_id(api)) if cursor is None else Position.parse(cursor)
    found = await _fetch(api, position)
    if found is None or (position.token and found.declared < position.declared):
        # SKUs were deleted, so later ones may have moved to pages already read, or Amazon has forgotten the
        # token: go back to the last date.
        position = position.again()
        found = await _search(api, position)
    following = position.after(found)
    # A window starts with what the one before it ended with.
    new = [item for item in found.items if position.token or item["sku"] != position.last]
    raws = await _listings(api, position.marketplace, new)
    return Page(raws, None, str(following) if following else None)


async def read_by_id(api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
    """Listings by the SKU that names them; None for what this seller does not have.

    A SKU that has become a variant of a family is still read alone: it is what the id names.
    """
    account.seller_id(api)
    marketplace = await account.marketplace_id(api)
    items = await by_sku(api, marketplace, ids)
    families = await _families(api, marketplace, tuple(items.values()), items)
    return {one: families.get(one) for one in ids}


async def _fetch(api: Api, position: Position) -> Found | None:
    """One page; None where Amazon refuses its own token, which it does not promise to keep."""
    try:
        return await _search(api, position)
    except (Gone, PermanentRefusal):
        if not position.token:
            raise
        return None


async def _search(api: Api, position: Position) -> Found:
    params = {"sortBy": "createdDate", "sortOrder": "ASC"}
    if position.since:
        params["createdAfter"] = position.since
    if position.token:
        params["pageToken"] = position.token
    return await search(api, position.marketplace, WHOLE, **params)


async def _listings(api: Api, marketplace: str, rows: Sequence[Item]) -> tuple[RawListing, ...]:
    """The listings that these items stand for."""
    here = {str(item["sku"]): item for item in rows}
    elsewhere = {sku for item in rows for sku in parent_skus(item, marketplace)} - here.keys()
    parents = await by_sku(api, marketplace, sorted(elsewhere), included="relationships") if elsewhere else {}
    named = {sku for item in (here | parents).values() for sku in child_skus(item, marketplace)}
    own = [item for sku, item in here.items() if sku not in named or not parent_skus(item, marketplace)]
    return tuple((await _families(api, marketplace, own, here)).values())


async def _families(
    api: Api, marketplace: str, items: Sequence[Item], known: dict[str, Item]
) -> dict[str, RawListing]:
    """The listings of these items, each with all its children; ``known`` items are not read again."""
    wanted = {sku for item in items for sku in child_skus(item, marketplace)} - known.keys()
    children = known | await by_sku(api, marketplace, sorted(wanted))
    return {
        str(item["sku"]): RawListing(
            str(item["sku"]),
            {
                "marketplaceId": marketplace,
                "item": item,
                "children": [children[sku] for sku in child_skus(item, marketplace) if sku in children],
            },
        )
        for item in items
    }
