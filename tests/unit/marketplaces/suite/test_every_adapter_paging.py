"""Reading a whole catalogue: every page, nothing left out and no truncation unnoticed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.catalogue_reading import read_all, rows_of, spoiling
from support.marketplace_worlds import Entry

from truestock.marketplaces.interface import PartialRead, PermanentRefusal


@pytest.mark.parametrize("count", [0, 1, 100, 101, 230])
async def test_every_page_is_read_to_the_last(entry: Entry, count: int) -> None:
    world = entry.world(count)
    adapter, api = world.api()
    page = await adapter.page(api, None)
    assert page.total in (None, count)
    raws = [*page.raws]
    if page.next_cursor is not None:
        raws += await read_all(adapter, api, page.next_cursor)
    assert len({raw.listing_id for raw in raws}) == len(raws) == count


async def test_a_cursor_goes_on_in_another_process(entry: Entry) -> None:
    world = entry.world(230)
    adapter, api = world.api()
    first = await adapter.page(api, None)
    assert first.next_cursor is not None
    assert len(first.next_cursor) <= 1_000
    adapter, api = world.api()
    rest = await read_all(adapter, api, first.next_cursor)
    assert len({raw.listing_id for raw in (*first.raws, *rest)}) == 230


async def test_a_foreign_cursor_is_refused(entry: Entry) -> None:
    world = entry.world(1)
    adapter, api = world.api()
    with pytest.raises(PermanentRefusal, match="not a cursor"):
        await adapter.page(api, "non sense")
    assert world.requests == []


def _drop_the_last(rows: list[Any]) -> None:
    del rows[-1]


def _null_one(rows: list[Any]) -> None:
    rows[0] = None


@pytest.mark.parametrize("spoil", [_drop_the_last, _null_one])
async def test_a_page_with_fewer_listings_than_declared_is_a_failure(
    entry: Entry, spoil: Callable[[list[Any]], None]
) -> None:
    world = entry.world(30)
    world.intercept = spoiling(spoil)
    with pytest.raises(PartialRead):
        await read_all(*world.api())


async def test_a_later_page_that_is_empty_is_a_failure(entry: Entry) -> None:
    world = entry.world(230)
    adapter, api = world.api()
    first = await adapter.page(api, None)
    world.intercept = spoiling(lambda rows: rows.clear())
    with pytest.raises(PartialRead):
        await read_all(adapter, api, first.next_cursor)


async def test_a_total_that_is_more_than_there_is_is_a_failure(entry: Entry) -> None:
    world = entry.world(30)
    more = entry.promise_more
    if more is None:
        adapter, api = world.api()
        assert (await adapter.page(api, None)).total is None, "who declares no total promises nothing"
        return
    world.intercept = lambda _, body: more(body)
    with pytest.raises(PartialRead):
        await read_all(*world.api())


@pytest.mark.parametrize("content", [b'{"a": [{"b": 1', b"", b"[]", b'"text"', b"null"])
async def test_a_body_that_breaks_off_or_is_something_else_is_a_failure(entry: Entry, content: bytes) -> None:
    world = entry.world(30)
    world.intercept = lambda _request, _body: httpx.Response(200, content=content)
    adapter, api = world.api()
    with pytest.raises(PartialRead):
        await adapter.page(api, None)


async def test_reads_by_id_are_batched_and_say_what_is_gone(entry: Entry) -> None:
    world = entry.world(230)
    adapter, api = world.api()
    known = [raw.listing_id for raw in await read_all(adapter, api)]
    paged = len(world.requests)
    asked = [*known[:120], "no such listing", *known[120:], "99999999999"]
    found = await adapter.read(api, asked)
    assert list(found) == asked
    assert [listing_id for listing_id, raw in found.items() if raw is None] == [
        "no such listing",
        "99999999999",
    ]
    assert all(raw is None or raw.listing_id == listing_id for listing_id, raw in found.items())
    assert len(world.requests) - paged < max(len(known) * 3 / adapter.batch_size, len(known) * 1.1)


async def test_a_deleted_listing_is_gone(entry: Entry) -> None:
    world = entry.world(3)
    adapter, api = world.api()
    before = [raw.listing_id for raw in await read_all(adapter, api)]
    del world.listings[1]
    left = {raw.listing_id for raw in await read_all(adapter, api)}
    assert len(left) == 2
    found = await adapter.read(api, before)
    assert {listing_id for listing_id, raw in found.items() if raw is not None} == left


async def test_page_and_read_show_the_same(entry: Entry) -> None:
    world = entry.world(20, 3)
    adapter, api = world.api()
    raws = {raw.listing_id: raw for raw in await read_all(adapter, api)}
    assert await adapter.read(api, list(raws)) == raws


async def test_a_truncated_batch_does_not_make_a_listing_look_gone(entry: Entry) -> None:
    world = entry.world(20)
    adapter, api = world.api()
    ids = [raw.listing_id for raw in await read_all(adapter, api)]
    once = iter([True])

    def cut_once(_: httpx.Request, body: Any) -> Any:
        if len(rows_of(body)) > 1 and next(once, False):
            del rows_of(body)[1:]
        return body

    world.intercept = cut_once
    try:
        found = await adapter.read(api, ids)
    except PartialRead:
        return  # said, not hidden
    assert None not in found.values()
