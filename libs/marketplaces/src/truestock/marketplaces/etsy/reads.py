"""Paged and batched reads of Etsy listings.

``GET /shops/{shop_id}/listings`` serves one state at a time (active only by default) and declares
``count`` for it; a cursor names the state, the offset and what was declared for every state.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import Gone, PartialRead, PermanentRefusal
from truestock.marketplaces.interface import Page, RawListing

STATES = ("active", "inactive", "sold_out", "draft", "expired")
PAGE = 100
BATCH = 100
"""Both are Etsy's maximum."""
INCLUDES = "Images,Inventory"
REREADS = 5
"""How often a page is read again further back because the catalogue shrank while it was read."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a read stands: which state, how far, and how many listings each state declared."""

    state: int
    offset: int
    counts: tuple[int, ...]

    def __str__(self) -> str:
        return f"{STATES[self.state]}:{self.offset}:{','.join(map(str, self.counts))}"

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """Read a cursor of ours; PermanentRefusal when it is not one."""
        try:
            state, offset, counts = cursor.split(":")
            position = cls(STATES.index(state), int(offset), tuple(int(n) for n in counts.split(",")))
        except ValueError:
            raise PermanentRefusal("This is not a cursor of an Etsy catalogue.") from None
        if position.offset < 0 or len(position.counts) != len(STATES):
            raise PermanentRefusal("This is not a cursor of an Etsy catalogue.")
        return position

    def declared(self, count: int) -> Self:
        """The same place, with a newer declaration for its state."""
        counts = (*self.counts[: self.state], count, *self.counts[self.state + 1 :])
        return replace(self, counts=counts)

    def after(self, read: int) -> Self | None:
        """The place behind ``read`` more listings; None behind the last state."""
        if self.offset + read < self.counts[self.state]:
            return replace(self, offset=self.offset + read)
        if self.state + 1 < len(STATES):
            return replace(self, state=self.state + 1, offset=0)
        return None


async def read_page(api: Api, cursor: str | None) -> Page:
    """One page; the first call also asks the other states how many listings they have."""
    shop_id = _shop_id(api)
    if cursor is None:
        position = Position(0, 0, (0,) * len(STATES))
        count, rows = await _fetch(api, shop_id, position, PAGE)
        position = replace(position, counts=(count, *await _other_counts(api, shop_id)))
    else:
        position = Position.parse(cursor)
        count, rows = await _fetch(api, shop_id, position, PAGE)
    for _ in range(REREADS):
        missing = position.counts[position.state] - count
        if missing <= 0 or position.offset == 0:
            break
        # Listings left this state meanwhile, so later ones moved towards the front: go back as far.
        position = replace(position, offset=max(0, position.offset - missing)).declared(count)
        count, rows = await _fetch(api, shop_id, position, PAGE)
    else:
        raise PartialRead("The Etsy catalogue shrank faster than it could be read.")
    position = position.declared(count)
    following = position.after(len(rows))
    return Page(tuple(rows), sum(position.counts), str(following) if following else None)


async def read_by_id(api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
    """Listings by id, in batches; None for what Etsy does not know or what belongs to another shop.

    A batch declares no total of its own, so what is missing is asked for once more before it counts as gone.
    """
    shop_id = _shop_id(api)
    found: dict[str, RawListing | None] = dict.fromkeys(ids)
    for _ in range(2):
        missing = [one for one, raw in found.items() if raw is None and one.isascii() and one.isdigit()]
        for batch in _batches(missing):
            for raw in await _batch(api, batch):
                if raw.listing_id in found and str(raw.payload.get("shop_id")) == shop_id:
                    found[raw.listing_id] = raw
    return found


async def _batch(api: Api, ids: list[str]) -> list[RawListing]:
    try:
        body = await api.get("/listings/batch", {"listing_ids": ",".join(ids), "includes": INCLUDES})
    except Gone:
        return []
    return [_raw(row) for row in _results(body)[1] if row is not None]


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


async def _other_counts(api: Api, shop_id: str) -> tuple[int, ...]:
    counts = []
    for state in range(1, len(STATES)):
        count, _ = await _fetch(api, shop_id, Position(state, 0, ()), 1)
        counts.append(count)
    return tuple(counts)


async def _fetch(api: Api, shop_id: str, at: Position, limit: int) -> tuple[int, list[RawListing]]:
    state = STATES[at.state]
    params: dict[str, str | int] = {
        "state": state,
        "limit": limit,
        "offset": at.offset,
        "includes": INCLUDES,
    }
    count, rows = _results(await api.get(f"/shops/{shop_id}/listings", params))
    expected = max(0, min(limit, count - at.offset))
    if len(rows) != expected:
        raise PartialRead(
            f"Etsy declared {count} {state} listings and sent {len(rows)} instead of {expected} "
            f"behind the first {at.offset}."
        )
    return count, [_raw(row) for row in rows]


def _results(body: Any) -> tuple[int, list[Any]]:
    if not isinstance(body, dict):
        raise PartialRead("Etsy's answer holds no listings object.")
    count, rows = body.get("count"), body.get("results")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0 or not isinstance(rows, list):
        raise PartialRead("Etsy's answer declares no count or no results.")
    return count, rows


def _raw(row: Any) -> RawListing:
    listing_id = row.get("listing_id") if isinstance(row, dict) else None
    if isinstance(listing_id, bool) or not isinstance(listing_id, int | str) or not str(listing_id):
        raise PartialRead("Etsy sent a listing without its id in place of a declared one.")
    return RawListing(str(listing_id), row)


def _shop_id(api: Api) -> str:
    if not api.account_id:
        raise PermanentRefusal("Which shop to read is not known: the account must be confirmed first.")
    return api.account_id
