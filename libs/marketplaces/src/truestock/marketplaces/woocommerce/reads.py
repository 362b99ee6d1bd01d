"""Paged and batched reads of a WooCommerce catalogue.

Products are read in the order of their ids. Every page begins with the last product of the one before: if
that is no longer there, products were deleted meanwhile, later ones moved to the front, and the read goes
back. New products have higher ids and come at the end. So none is left out, whatever changes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import Gone, MarketplaceError, PartialRead, PermanentRefusal
from truestock.marketplaces.interface import Page, RawListing
from truestock.marketplaces.woocommerce.listing_calls import PAGE, Listed, products, variations

BATCH = PAGE
STEPS_BACK = (1, PAGE, 1_000, 10_000, 100_000)
"""How far before the known place a page starts until it connects; at the catalogue's start it always does."""
AT_ONCE = 4
"""Variation reads under way at the same time: stores are small machines that serve customers."""


@dataclass(frozen=True, slots=True)
class Position:
    """How many products were read, and the id of the last one."""

    read: int = 0
    last: int = 0

    def __str__(self) -> str:
        return f"{self.read}:{self.last}"

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """Read a cursor of ours; PermanentRefusal when it is not one."""
        parts = cursor.split(":")
        if len(parts) != 2 or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in parts):
            raise PermanentRefusal("This is not a cursor of a WooCommerce catalogue.")
        return cls(int(parts[0]), int(parts[1]))


async def read_page(api: Api, cursor: str | None) -> Page:
    """The products behind the cursor, with their variations and the store's currency."""
    position = Position() if cursor is None else Position.parse(cursor)
    offset, listed = await _connecting(api, position)
    new = tuple(row for row in listed.rows if row["id"] > position.last)
    read = offset + len(listed.rows)
    last = max((position.last, *listed.ids))
    following = str(Position(read, last)) if read < listed.total else None
    return Page(await _complete(api, new), listed.total, following)


async def read_by_id(api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
    """Products by id, in batches; None for what the store does not have or has in its trash."""
    found: dict[str, RawListing | None] = dict.fromkeys(ids)
    wanted = [one for one in found if one.isascii() and one.isdigit() and len(one) < 19]
    for start in range(0, len(wanted), BATCH):
        listed = await products(api, include=",".join(wanted[start : start + BATCH]))
        for raw in await _complete(api, listed.rows):
            if raw.listing_id in found:
                found[raw.listing_id] = raw
    return found


async def _connecting(api: Api, position: Position) -> tuple[int, Listed]:
    for back in STEPS_BACK:
        offset = max(0, position.read - back)
        listed = await products(api, offset=offset)
        if offset == 0 or (listed.ids and listed.ids[0] <= position.last):
            return offset, listed
    raise PartialRead("The WooCommerce catalogue shrank faster than it could be read.")


async def _complete(api: Api, rows: Sequence[dict[str, Any]]) -> tuple[RawListing, ...]:
    """``rows`` with what a listing consists of besides; a product deleted meanwhile is left out."""
    if not rows:
        return ()
    currency = await _currency(api)
    variable = [row["id"] for row in rows if row.get("type") == "variable" or row.get("variations")]
    children = await _variations(api, variable)
    found = []
    for row in rows:
        mine = children.get(row["id"], ())
        if mine is not None:
            payload = {"currency": currency, "product": row, "variations": list(mine)}
            found.append(RawListing(str(row["id"]), payload))
    return tuple(found)


async def _currency(api: Api) -> Any:
    """The currency that prices are in: products do not name it."""
    current = await api.get("/wc/v3/data/currencies/current", {"_fields": "code"})
    return current.get("code") if isinstance(current, dict) else None


async def _variations(api: Api, ids: Sequence[int]) -> dict[int, tuple[dict[str, Any], ...] | None]:
    found: dict[int, tuple[dict[str, Any], ...] | None] = {}
    waiting = iter(ids)

    async def work() -> None:
        for one in waiting:
            try:
                found[one] = await variations(api, one)
            except Gone:
                found[one] = None

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(ids))):
                group.create_task(work())
    except ExceptionGroup as failed:
        problem = failed.exceptions[0]
        if isinstance(problem, MarketplaceError):
            raise problem from None
        raise
    return found
