"""Reading a whole eBay catalogue: groups whole and once, hand-made listings found, truncation noticed."""

import random
from typing import Any

import httpx
import pytest
from support.ebay_shop import BASE, EbayShop, by_hand, grouped, item, offer, single

from truestock.marketplaces.interface import PartialRead, PermanentRefusal, RawListing


async def read_all(shop: EbayShop, cursor: str | None = None) -> list[RawListing]:
    adapter, api = shop.api()
    raws: list[RawListing] = []
    while True:
        page = await adapter.page(api, cursor)
        raws += page.raws
        if page.next_cursor is None:
            return raws
        cursor = page.next_cursor


def ids(raws: list[RawListing]) -> list[str]:
    return sorted(raw.listing_id for raw in raws)


def mixed() -> list[dict[str, Any]]:
    return [
        *(single(n) for n in range(60)),
        *(single(n, published=False) for n in range(60, 80)),
        *(grouped(n, 7) for n in range(100, 140)),
        *(by_hand(n) for n in range(130)),
    ]


EXPECTED = sorted(
    [f"sku:SKU-{n}" for n in range(80)]
    + [f"group:GROUP-{n}" for n in range(100, 140)]
    + [str(220_000_000_000 + n) for n in range(130)]
)


@pytest.mark.parametrize("counts_pages", [False, True])
async def test_every_listing_of_every_kind_is_read_once(counts_pages: bool) -> None:
    assert ids(await read_all(EbayShop(mixed(), counts_pages=counts_pages))) == EXPECTED


async def test_a_group_whose_items_are_spread_over_pages_is_one_whole_listing() -> None:
    shuffled = random.Random(7)  # noqa: S311  # an order, not a secret
    places: dict[str, float] = {}
    shop = EbayShop(mixed(), order=lambda sku: places.setdefault(sku, shuffled.random()))
    raws = await read_all(shop)
    assert ids(raws) == EXPECTED
    groups = [raw for raw in raws if raw.listing_id.startswith("group:")]
    for raw in groups:
        skus = [one["item"]["sku"] for one in raw.payload["variants"]]
        assert skus == raw.payload["group"]["variantSKUs"], "all of them, in the seller's order"
        assert all(one["offers"] for one in raw.payload["variants"])


async def test_a_group_whose_first_item_is_gone_begins_with_the_next_one() -> None:
    listing = grouped(1, 4)
    del listing["items"][0]
    (raw,) = await read_all(EbayShop([listing]))
    assert [one["item"]["sku"] for one in raw.payload["variants"]] == ["SKU-1-2", "SKU-1-3", "SKU-1-4"]


async def test_a_group_over_several_pages_whose_first_item_is_gone_is_emitted_once() -> None:
    listing = grouped(1, 230)
    del listing["items"][0]
    shop = EbayShop([listing])
    (raw,) = await read_all(shop)
    assert len(raw.payload["variants"]) == 229


async def test_an_item_of_a_group_that_does_not_exist_or_does_not_list_it_stands_alone() -> None:
    lost, left = single(1), grouped(2, 2)
    lost["items"][0]["inventoryItemGroupKeys"] = ["GROUP-GONE"]
    left["group"]["variantSKUs"] = ["SKU-2-2"]
    raws = await read_all(EbayShop([lost, left]))
    assert ids(raws) == ["group:GROUP-2", "sku:SKU-1", "sku:SKU-2-1"]


async def test_the_other_name_of_the_group_keys_is_understood() -> None:
    listing = grouped(1, 2)
    for one in listing["items"]:
        one["groupIds"] = one.pop("inventoryItemGroupKeys")
    raws = await read_all(EbayShop([listing]))
    assert ids(raws) == ["group:GROUP-1"]
    assert raws[0].payload == (await read_all(EbayShop([grouped(1, 2)])))[0].payload, "one content, one hash"


async def test_a_listing_by_hand_is_found_although_its_sku_is_known_to_the_inventory_api() -> None:
    prepared = single(1, published=False)
    made = by_hand(5, SKU="SKU-1")
    assert ids(await read_all(EbayShop([prepared, made]))) == ["220000000005", "sku:SKU-1"]


@pytest.mark.parametrize("gone", ["item", "offer"])
async def test_a_managed_listing_whose_first_sku_tells_nothing_is_not_taken_for_hand_made(gone: str) -> None:
    shop = EbayShop([grouped(1, 4), by_hand(2)])
    assert shop.known.listed, "the list still shows the variation"
    if gone == "item":
        del shop.known.items["SKU-1-1"]
        shop.known.rows.pop(0)
    else:
        shop.known.offers["SKU-1-1"].clear()
    assert ids(await read_all(shop)) == ["220000000002", "group:GROUP-1"]


async def test_what_was_made_by_hand_is_read_whole_and_without_what_changes_by_itself() -> None:
    shop = EbayShop([by_hand(1)])
    (raw,) = await read_all(shop)
    assert raw.payload["trading"]["Description"] == "A vase."
    assert "TimeLeft" not in raw.payload["trading"]
    adapter, api = shop.api()
    assert await adapter.read(api, [raw.listing_id]) == {raw.listing_id: raw}


async def test_a_cursor_goes_on_in_another_process() -> None:
    shop = EbayShop([single(n) for n in range(150)])
    adapter, api = shop.api()
    first = await adapter.page(api, None)
    assert (len(first.raws), first.total) == (100, None)
    assert len(await read_all(shop, first.next_cursor)) == 50


@pytest.mark.parametrize(
    "cursor", ["nonsense", "inventory:-1:0:0:0", "gone:0:0:0:0", "inventory:0", "active:²:0:0:0"]
)
async def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    adapter, api = EbayShop().api()
    with pytest.raises(PermanentRefusal, match="not a cursor"):
        await adapter.page(api, cursor)


async def test_an_empty_catalogue_is_not_a_failure() -> None:
    assert await read_all(EbayShop()) == []
    assert await read_all(EbayShop(intercept=_nothing_found)) == []


def _nothing_found(request: httpx.Request, body: Any) -> Any:
    if request.url.path.endswith("/inventory_item"):
        return httpx.Response(404, json={"errors": [{"errorId": 25710}]})
    return body


def _items(change: Any) -> Any:
    def spoil(request: httpx.Request, body: Any) -> Any:
        return change(body) if request.url.path.endswith("/inventory_item") else body

    return spoil


def _rows(body: dict[str, Any], rows: list[Any]) -> dict[str, Any]:
    return {**body, "inventoryItems": rows}


@pytest.mark.parametrize(
    "change",
    [
        lambda body: _rows(body, body["inventoryItems"][:-1]),
        lambda body: {**body, "total": body["total"] + 5},
        lambda body: _rows(body, [None, *body["inventoryItems"][1:]]),
        lambda body: _rows(body, [{"sku": ""}, *body["inventoryItems"][1:]]),
        lambda body: {"inventoryItems": body["inventoryItems"]},
        lambda body: body["inventoryItems"],
        lambda body: {name: value for name, value in body.items() if name != "next"},
        lambda body: {**body, "next": f"{BASE}/sell/inventory/v1/inventory_item?limit=100&offset=0"},
        lambda body: httpx.Response(200, content=b'{"total": 3, "inventoryItems": [{"sku": "a"'),
    ],
)
async def test_a_truncated_read_is_a_failure(change: Any) -> None:
    with pytest.raises(PartialRead):
        await read_all(EbayShop([single(n) for n in range(130)], intercept=_items(change)))


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["ItemArray"]["Item"].pop(),
        lambda found: found["PaginationResult"].update(TotalNumberOfEntries="99"),
        lambda found: found["PaginationResult"].clear(),
        lambda found: found["ItemArray"]["Item"][0].update(ItemID="not digits"),
    ],
)
async def test_a_truncated_list_of_what_was_made_by_hand_is_a_failure(change: Any) -> None:
    def spoil(request: httpx.Request, body: Any) -> Any:
        if isinstance(body, dict) and "ActiveList" in body:
            found = body["ActiveList"]
            body = {**body, "ActiveList": {name: dict(value) for name, value in found.items()}}
            body["ActiveList"]["ItemArray"]["Item"] = [dict(row) for row in found["ItemArray"]["Item"]]
            change(body["ActiveList"])
        return body

    with pytest.raises(PartialRead):
        await read_all(EbayShop([by_hand(n) for n in range(10)], intercept=spoil))


@pytest.mark.parametrize("counts_pages", [False, True])
async def test_items_that_disappear_meanwhile_hide_no_other(counts_pages: bool) -> None:
    shop = EbayShop([single(n, published=False) for n in range(350)], counts_pages=counts_pages)
    adapter, api = shop.api()
    first = await adapter.page(api, None)
    second = await adapter.page(api, first.next_cursor)
    del shop.listings[3:8]
    seen = {raw.listing_id for raw in (*first.raws, *second.raws, *await read_all(shop, second.next_cursor))}
    assert len(seen) == 350


async def test_listings_by_hand_that_end_meanwhile_hide_no_other() -> None:
    shop = EbayShop([by_hand(n) for n in range(250)])
    adapter, api = shop.api()
    page = await adapter.page(api, None)
    page = await adapter.page(api, page.next_cursor)
    assert len(page.raws) == 100
    del shop.listings[3:8]
    rest = await read_all(shop, page.next_cursor)
    assert len({raw.listing_id for raw in (*page.raws, *rest)}) == 250


async def test_reads_by_id_are_batched_and_leave_out_what_is_not_ours() -> None:
    foreign = by_hand(900, Seller={"UserID": "somebody_else"})
    shop = EbayShop([*mixed(), foreign])
    adapter, api = shop.api()
    unknown = ["sku:none", "group:none", "424242", "not-a-name", "sku:", "220000000900", "sku:SKU-100-1"]
    found = await adapter.read(api, [*EXPECTED, *unknown])
    assert list(found) == [*EXPECTED, *unknown]
    assert [one for one, raw in found.items() if raw is None] == unknown
    bulk = [request for request in shop.requests if _bulk(request)]
    assert bulk
    assert all(0 < r.content.count(b'"sku"') <= 25 for r in bulk)


async def test_what_is_read_by_id_is_what_was_paged() -> None:
    shop = EbayShop(mixed())
    raws = await read_all(shop)
    adapter, api = shop.api()
    assert await adapter.read(api, [raw.listing_id for raw in raws]) == {raw.listing_id: raw for raw in raws}


async def test_odd_skus_and_keys_can_be_read_again() -> None:
    listing = grouped(1, 2)
    odd = "50 % / Größe?\u0085&sku=1"
    listing["items"].append(item(odd))
    listing["offers"][odd] = [offer(odd, None)]
    shop = EbayShop([listing])
    raws = await read_all(shop)
    assert ids(raws) == ["group:GROUP-1", "sku:50 %25 / Größe?%C2%85&sku=1"]
    adapter, api = shop.api()
    found = await adapter.read(api, ids(raws))
    assert all(raw is not None and raw.payload["variants"][0]["offers"] for raw in found.values())


def _bulk(request: httpx.Request) -> bool:
    return request.url.path.endswith("/bulk_get_inventory_item")


async def test_a_truncated_batch_does_not_make_a_listing_look_gone() -> None:
    cut = iter([True])

    def truncate_once(request: httpx.Request, body: Any) -> Any:
        return {"responses": body["responses"][:5]} if _bulk(request) and next(cut, False) else body

    shop = EbayShop([single(n) for n in range(20)], intercept=truncate_once)
    adapter, api = shop.api()
    found = await adapter.read(api, [f"sku:SKU-{n}" for n in range(20)])
    assert None not in found.values()
    shop.intercept = lambda request, body: {"responses": []} if _bulk(request) else body
    with pytest.raises(PartialRead):
        await adapter.read(api, ["sku:SKU-1"])


async def test_an_sku_that_fails_its_whole_batch_fails_alone() -> None:
    def refuse(request: httpx.Request, body: Any) -> Any:
        if _bulk(request):
            return httpx.Response(400, json={"errors": [{"errorId": 25708}]})
        return body

    shop = EbayShop([single(1)], intercept=refuse)
    adapter, api = shop.api()
    found = await adapter.read(api, ["sku:SKU-1", "sku:\u00e4 impossible"])
    assert [raw is None for raw in found.values()] == [False, True]
