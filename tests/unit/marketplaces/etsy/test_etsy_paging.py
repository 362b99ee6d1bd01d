"""Etsy's catalogue: every state, counts per state, and listings that change state while it is read."""

from typing import Any

import httpx
import pytest
from support.catalogue_reading import read_all
from support.etsy_shop import STATES, EtsyShop, listing

from truestock.marketplaces.interface import PartialRead, PermanentRefusal


def catalogue(count: int, state: str = "active") -> list[dict[str, Any]]:
    return [listing(number, state=state) for number in range(count)]


async def test_every_state_and_every_page_is_read() -> None:
    listings = [listing(n, state=STATES[n % 5]) for n in range(730)]
    raws = await read_all(*EtsyShop(listings).api())
    assert sorted(raw.listing_id for raw in raws) == sorted(str(one["listing_id"]) for one in listings)


async def test_the_first_page_declares_the_whole_catalogue() -> None:
    shop = EtsyShop(catalogue(120) + [listing(500 + n, state="draft") for n in range(7)])
    adapter, api = shop.api()
    page = await adapter.page(api, None)
    assert (page.total, len(page.raws)) == (127, 100)


@pytest.mark.parametrize("cursor", ["nonsense", "active:-1:0,0,0,0,0", "gone:0:1,1,1,1,1", "active:0:1"])
async def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    adapter, api = EtsyShop().api()
    with pytest.raises(PermanentRefusal, match="not a cursor"):
        await adapter.page(api, cursor)


def _no_count(request: httpx.Request, body: Any) -> Any:
    return {"results": body["results"]}


def _a_list(request: httpx.Request, body: Any) -> Any:
    return body["results"]


@pytest.mark.parametrize("truncate", [_no_count, _a_list])
async def test_a_truncated_read_is_a_failure(truncate: Any) -> None:
    with pytest.raises(PartialRead):
        await read_all(*EtsyShop(catalogue(30), intercept=truncate).api())


async def test_a_later_page_that_is_empty_is_a_failure() -> None:
    def empty_from_100(request: httpx.Request, body: Any) -> Any:
        return {**body, "results": []} if request.url.params.get("offset") == "100" else body

    with pytest.raises(PartialRead, match="instead of 50"):
        await read_all(*EtsyShop(catalogue(150), intercept=empty_from_100).api())


async def test_listings_that_sell_out_meanwhile_hide_no_other() -> None:
    shop = EtsyShop(catalogue(250))
    adapter, api = shop.api()
    first = await adapter.page(api, None)
    for sold in shop.listings[:3]:
        sold["state"] = "sold_out"
    seen = {raw.listing_id for raw in first.raws}
    cursor = first.next_cursor
    while cursor is not None:
        page = await adapter.page(api, cursor)
        seen |= {raw.listing_id for raw in page.raws}
        cursor = page.next_cursor
    assert len(seen) == 250


async def test_reads_by_id_are_batched_and_leave_out_what_is_not_ours() -> None:
    shop = EtsyShop([*catalogue(230), listing(900, shop_id=666)])
    adapter, api = shop.api()
    ids = [str(one["listing_id"]) for one in shop.listings] + ["424242", "not-a-number", "-1"]
    found = await adapter.read(api, ids)
    assert list(found) == ids
    assert sum(raw is not None for raw in found.values()) == 230
    assert found["1900"] is None, "another shop's listing"
    assert found["424242"] is None
    assert all(len(r.url.params["listing_ids"].split(",")) <= 100 for r in shop.requests)
