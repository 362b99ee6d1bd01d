"""Reading a whole Amazon catalogue: windows of a thousand SKUs, families as one listing, nothing left out."""

import json
from typing import Any

import httpx
import pytest
from support.amazon_shop import GERMANY, SELLER, AmazonShop, family, item, world

from truestock.marketplaces.interface import PartialRead, PermanentRefusal, RawListing


async def read_all(shop: AmazonShop) -> list[RawListing]:
    adapter, api = shop.api()
    raws: list[RawListing] = []
    cursor: str | None = None
    while True:
        page = await adapter.page(api, cursor)
        raws += page.raws
        if page.next_cursor is None:
            return raws
        cursor = page.next_cursor


def names(raws: list[RawListing]) -> list[str]:
    return sorted(raw.listing_id for raw in raws)


async def test_every_page_is_read_and_the_total_of_families_is_not_known() -> None:
    shop = world(53)
    assert names(await read_all(shop)) == sorted(one["sku"] for one in shop.listings)
    adapter, api = shop.api()
    assert (await adapter.page(api, None)).total is None


async def test_a_catalogue_beyond_a_thousand_skus_is_read_in_windows() -> None:
    shop = world(2_350)
    assert names(await read_all(shop)) == sorted(one["sku"] for one in shop.listings)
    assert {r.url.params.get("createdAfter") for r in shop.requests} >= {None, "2025-01-01T00:16:39.000Z"}


async def test_a_thousand_skus_of_one_moment_cannot_be_paged_through() -> None:
    shop = world(1_050)
    for one in shop.listings:
        one["summaries"][0]["createdDate"] = "2025-01-01T00:00:00Z"
    with pytest.raises(PartialRead, match="1000 SKUs at most"):
        await read_all(shop)


async def test_a_family_is_one_listing_with_its_children_in_the_parents_order() -> None:
    parent, *children = family(1, 45)
    shop = AmazonShop([*reversed(children), item(2), parent])
    raws = {raw.listing_id: raw for raw in await read_all(shop)}
    assert set(raws) == {"SKU-1", "SKU-2"}
    children = raws["SKU-1"].payload["children"]
    assert [child["sku"] for child in children] == [f"SKU-1-{n}" for n in range(45)]
    adapter, api = shop.api()
    assert await adapter.read(api, ["SKU-1", "SKU-2"]) == raws, "a page and a read show the same"


async def test_a_child_whose_parent_is_gone_is_a_listing_of_its_own() -> None:
    shop = AmazonShop([*family(1, 2)[1:], *family(2, 2)])
    assert names(await read_all(shop)) == ["SKU-1-0", "SKU-1-1", "SKU-2"]


async def test_a_child_that_its_parent_does_not_name_is_a_listing_of_its_own() -> None:
    parent, kept, dropped = family(1, 2)
    parent["relationships"][0]["relationships"][0]["childSkus"] = [kept["sku"]]
    assert names(await read_all(AmazonShop([parent, kept, dropped]))) == ["SKU-1", "SKU-1-1"]


async def test_packages_are_no_families() -> None:
    case = item(1)
    case["relationships"][0]["relationships"] = [{"type": "PACKAGE_HIERARCHY", "childSkus": ["SKU-2"]}]
    unit = item(2)
    unit["relationships"][0]["relationships"] = [{"type": "PACKAGE_HIERARCHY", "parentSkus": ["SKU-1"]}]
    raws = await read_all(AmazonShop([case, unit]))
    assert [raw.payload["children"] for raw in raws] == [[], []]


async def test_a_cursor_goes_on_in_another_process() -> None:
    shop = world(30)
    adapter, api = shop.api()
    cursor = (await adapter.page(api, None)).next_cursor
    adapter, api = shop.api()
    page = await adapter.page(api, cursor)
    assert (len(page.raws), page.next_cursor) == (10, None)


async def test_a_token_that_amazon_forgot_is_replaced_by_the_last_date() -> None:
    def forgetful(request: httpx.Request, body: Any) -> Any:
        forgotten = "pageToken" in request.url.params and "createdAfter" not in request.url.params
        error = {"errors": [{"code": "InvalidInput", "message": "Invalid pageToken."}]}
        return httpx.Response(400, json=error) if forgotten else body

    shop = world(70)
    shop.intercept = forgetful
    assert set(names(await read_all(shop))) == {one["sku"] for one in shop.listings}


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "{}",
        "[]",
        '["A1PA6795UKMFR9","","","","0",0,""]',
        '["A1PA6795UKMFR9","","","",0,-1,""]',
        '["elsewhere","","","",0,0,""]',
    ],
)
async def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    adapter, api = AmazonShop().api()
    with pytest.raises(PermanentRefusal, match="not a cursor"):
        await adapter.page(api, cursor)


async def test_listings_deleted_meanwhile_hide_no_other() -> None:
    shop = world(65)
    adapter, api = shop.api()
    page = await adapter.page(api, None)
    seen = {raw.listing_id for raw in page.raws}
    del shop.listings[3:6]
    while page.next_cursor is not None:
        page = await adapter.page(api, page.next_cursor)
        seen |= {raw.listing_id for raw in page.raws}
    assert seen >= {one["sku"] for one in shop.listings}


def _drop_one(request: httpx.Request, body: Any) -> Any:
    return {**body, "items": body["items"][:-1]} if body["items"] else body


def _promise_more(request: httpx.Request, body: Any) -> Any:
    return {**body, "numberOfResults": body["numberOfResults"] + 5}


def _null_row(request: httpx.Request, body: Any) -> Any:
    return {**body, "items": [None, *body["items"][1:]]}


def _no_sku(request: httpx.Request, body: Any) -> Any:
    odd = {**body, "items": [{"sku": "\ud800"}, *body["items"][1:]]}
    return httpx.Response(200, content=json.dumps(odd).encode())


def _no_count(request: httpx.Request, body: Any) -> Any:
    return {"items": body["items"]}


def _a_list(request: httpx.Request, body: Any) -> Any:
    return body["items"]


def _empty(request: httpx.Request, body: Any) -> Any:
    return {**body, "items": []}


def _broken_off(request: httpx.Request, body: Any) -> Any:
    return httpx.Response(200, content=b'{"numberOfResults": 3, "items": [{"sku": "A"')


@pytest.mark.parametrize(
    "truncate", [_drop_one, _promise_more, _null_row, _no_sku, _no_count, _a_list, _empty, _broken_off]
)
async def test_a_truncated_read_is_a_failure(truncate: Any) -> None:
    shop = world(30)
    shop.intercept = truncate
    with pytest.raises(PartialRead):
        await read_all(shop)


async def test_empty_pages_are_not_followed_for_ever() -> None:
    shop = world(30)
    shop.intercept = lambda request, body: {
        **body,
        "items": [],
        "pagination": {"nextToken": "from-1"},
    }
    adapter, api = shop.api()
    with pytest.raises(PartialRead, match="stopped sending"):
        await adapter.page(api, None)


async def test_a_truncated_batch_does_not_make_a_listing_look_gone() -> None:
    shop = world(5)
    shop.intercept = _drop_one
    adapter, api = shop.api()
    with pytest.raises(PartialRead):
        await adapter.read(api, ["SKU-1", "SKU-2"])


async def test_reads_by_sku_are_batched_and_none_for_what_is_not_there() -> None:
    odd = "A,B / ü%2F"
    shop = AmazonShop([*(item(n) for n in range(45)), item(99, sku=odd), *family(50, 2)])
    adapter, api = shop.api()
    ids = [f"SKU-{n}" for n in range(45)] + [odd, "gone", "x,y", " ", "SKU-50-1"]
    found = await adapter.read(api, ids)
    assert list(found) == ids
    assert [one for one, raw in found.items() if raw is None] == ["gone", "x,y", " "]
    assert all(raw is None or raw.listing_id == one for one, raw in found.items())
    searches = [r.url.params for r in shop.requests if "identifiers" in r.url.params]
    assert all(len(params["identifiers"].split(",")) <= 20 for params in searches)
    assert all(params["pageSize"] == "20" for params in searches)
    asked = {sku for params in searches for sku in params["identifiers"].split(",")}
    assert asked <= set(ids), "no SKU is cut at its comma"
    assert len(shop.requests) == 3 + 2


async def test_without_a_confirmed_marketplace_the_participations_say_which_is_read() -> None:
    shop = AmazonShop([item()], store=None)
    assert names(await read_all(shop)) == ["SKU-1"]
    assert [r.url.path for r in shop.requests] == [
        "/sellers/v1/marketplaceParticipations",
        f"/listings/2021-08-01/items/{SELLER}",
    ]
    assert shop.requests[-1].url.params["marketplaceIds"] == GERMANY


async def test_nothing_is_read_for_a_seller_who_is_not_known() -> None:
    adapter, api = AmazonShop([item()], account_id=None).api()
    for call in (adapter.page(api, None), adapter.read(api, ["SKU-1"]), adapter.account(api)):
        with pytest.raises(PermanentRefusal, match="connected again"):
            await call
