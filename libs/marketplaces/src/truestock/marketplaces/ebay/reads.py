"""The whole catalogue, page by page, and listings by id.

First all inventory items (published or not), then the Trading API's lists for what was made by hand. Ended
listings are no listings any more. How many listings there will be is known only at the end: eBay counts
inventory items, and its lists hold those again.
"""

from collections.abc import Sequence
from dataclasses import replace

from truestock.marketplaces.api import Api
from truestock.marketplaces.ebay import composing, ids, inventory, limits, manual, trading
from truestock.marketplaces.ebay.cursor import Position
from truestock.marketplaces.errors import PartialRead, RateLimited
from truestock.marketplaces.interface import Page, RawListing

BATCH = inventory.BULK
REREADS = 5
"""How often a page is read again further back because the catalogue shrank while it was read."""


async def read_page(api: Api, cursor: str | None) -> Page:
    """One page. At the beginning, and when eBay has had enough, it is asked for its limits."""
    try:
        if cursor is None:
            await limits.read(api)
        position = Position("inventory") if cursor is None else Position.parse(cursor)
        if position.phase == "inventory":
            return await _inventory_page(api, position)
        return await _trading_page(api, position)
    except RateLimited as limited:
        raise await limits.explained(api, limited) from limited


async def read_by_id(api: Api, listing_ids: Sequence[str]) -> dict[str, RawListing | None]:
    """Listings by id, in batches; None for what eBay does not know or what belongs to another seller."""
    found: dict[str, RawListing | None] = dict.fromkeys(listing_ids)
    unique = list(found)
    try:
        for start in range(0, len(unique), BATCH):
            batch = unique[start : start + BATCH]
            by_hand = await manual.by_id(api, [one for one in batch if ids.is_item_id(one)])
            for raw in [*await composing.by_id(api, batch), *by_hand]:
                if raw.listing_id in found:
                    found[raw.listing_id] = raw
    except RateLimited as limited:
        raise await limits.explained(api, limited) from limited
    return found


async def _inventory_page(api: Api, position: Position) -> Page:
    for _ in range(REREADS):
        page = await inventory.items(api, position.offset)
        missing = position.total - page.total
        if missing <= 0 or position.offset == 0:
            break
        # Items are gone meanwhile, so later ones moved towards the front: go back as far.
        position = position.back(missing, inventory.PAGE, page.total)
    else:
        raise PartialRead("The eBay catalogue shrank faster than it could be read.")
    read = position.read + page.count
    _expect("inventory items", page.count, inventory.PAGE, page.total, position.read)
    following: Position | None
    if read < page.total:
        if page.next_offset is None or page.next_offset <= position.offset:
            raise PartialRead(f"eBay declared {page.total} inventory items and led no further after {read}.")
        step = page.next_offset - position.offset
        following = replace(position, offset=page.next_offset, step=step, read=read, total=page.total)
    else:
        following = position.following_phase()
    return Page(tuple(await composing.from_page(api, page.rows)), None, str(following) if following else None)


async def _trading_page(api: Api, position: Position) -> Page:
    position = replace(position, step=1)
    for _ in range(REREADS):
        total, rows = await trading.my_listings(api, position.phase, position.offset + 1)
        missing = position.total - total
        if missing <= 0 or position.offset == 0:
            break
        position = position.back(missing, trading.PAGE, total)
    else:
        raise PartialRead("The eBay catalogue shrank faster than it could be read.")
    read = position.read + len(rows)
    _expect(f"{position.phase} listings", len(rows), trading.PAGE, total, position.read)
    following: Position | None
    if read < total:
        following = replace(position, offset=position.offset + 1, read=read, total=total)
    else:
        following = position.following_phase()
    return Page(tuple(await manual.from_page(api, rows)), None, str(following) if following else None)


def _expect(what: str, count: int, page: int, total: int, before: int) -> None:
    expected = max(0, min(page, total - before))
    if count != expected:
        raise PartialRead(
            f"eBay declared {total} {what} and sent {count} instead of {expected} behind the first {before}."
        )
