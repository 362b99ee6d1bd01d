"""Reading a whole store: every page, every variation, nothing left out and no truncation unnoticed."""

import json
from typing import Any

import httpx
import pytest
from support.woocommerce_shop import WooCommerceShop, listing, refusal, sized, world

from truestock.marketplaces.interface import PartialRead, PermanentRefusal, RawListing, Temporary

PRODUCTS = "/shop/wp-json/wc/v3/products"


async def read_all(shop: WooCommerceShop) -> list[RawListing]:
    adapter, api = shop.api()
    raws: list[RawListing] = []
    cursor: str | None = None
    while True:
        page = await adapter.page(api, cursor)
        raws += page.raws
        if page.next_cursor is None:
            return raws
        cursor = page.next_cursor


def ids(raws: list[RawListing]) -> list[int]:
    return [int(raw.listing_id) for raw in raws]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 199, 200, 530])
async def test_every_product_is_read_once(count: int) -> None:
    assert ids(await read_all(world(count))) == [1000 + n for n in range(count)]


async def test_drafts_and_private_products_are_read_and_the_trash_is_not() -> None:
    states = ["publish", "draft", "pending", "private", "future", "trash"]
    shop = WooCommerceShop([listing(n, status=state) for n, state in enumerate(states)])
    assert ids(await read_all(shop)) == [1000, 1001, 1002, 1003, 1004]
    assert shop.requests[0].url.params["status"] == "any"


async def test_variations_come_with_their_product_and_the_currency_with_both() -> None:
    shop = WooCommerceShop([sized(1, 250), listing(2)])
    first, second = await read_all(shop)
    assert [row["id"] for row in first.payload["variations"]] == [510_000 + n for n in range(250)]
    assert (second.payload["variations"], second.payload["currency"]) == ([], "EUR")
    json.dumps(first.payload)


async def test_products_deleted_meanwhile_hide_no_other() -> None:
    shop = world(350)
    adapter, api = shop.api()
    first = await adapter.page(api, None)
    seen = {raw.listing_id for raw in first.raws}
    del shop.listings[40:45], shop.listings[90:99]
    expected = {str(one["product"]["id"]) for one in shop.listings}
    cursor = first.next_cursor
    while cursor is not None:
        page = await adapter.page(api, cursor)
        seen |= {raw.listing_id for raw in page.raws}
        cursor = page.next_cursor
    assert expected <= seen


async def test_as_many_deleted_as_added_hide_no_other() -> None:
    shop = world(250)
    adapter, api = shop.api()
    first = await adapter.page(api, None)
    del shop.listings[10:13]
    shop.listings += [listing(900 + n) for n in range(3)]
    seen = {raw.listing_id for raw in first.raws}
    cursor = first.next_cursor
    while cursor is not None:
        page = await adapter.page(api, cursor)
        seen |= {raw.listing_id for raw in page.raws}
        cursor = page.next_cursor
    assert {str(one["product"]["id"]) for one in shop.listings} <= seen


async def test_a_store_that_is_emptied_meanwhile_ends_the_read() -> None:
    shop = world(150)
    adapter, api = shop.api()
    cursor = (await adapter.page(api, None)).next_cursor
    shop.listings.clear()
    page = await adapter.page(api, cursor)
    assert (page.raws, page.total, page.next_cursor) == ((), 0, None)


@pytest.mark.parametrize("cursor", ["nonsense", "-1:5", "1", "1:2:3", "1:", "²:1", "9" * 30 + ":1"])
async def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    adapter, api = WooCommerceShop().api()
    with pytest.raises(PermanentRefusal, match="not a cursor"):
        await adapter.page(api, cursor)


def _listed(change: Any) -> Any:
    return lambda request, body: change(body) if request.url.path == PRODUCTS else body


def _with_headers(**headers: str) -> Any:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda body: httpx.Response(200, json=body, headers=given)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[:-1],
        lambda body: [None, *body[1:]],
        lambda body: [{**body[0], "id": "1000"}, *body[1:]],
        lambda body: [body[1], body[0], *body[2:]],
        lambda body: [*body[:-1], body[0]],
        lambda body: {"products": body},
        lambda body: httpx.Response(200, content=b'[{"id": 1'),
        lambda body: httpx.Response(200, content=b"<b>Notice</b>: deprecated []"),
        _with_headers(),
        _with_headers(x_wp_total="30"),
        _with_headers(x_wp_total="35", x_wp_totalpages="1"),
        _with_headers(x_wp_total="30", x_wp_totalpages="2"),
        _with_headers(x_wp_total="-30", x_wp_totalpages="1"),
    ],
)
async def test_a_truncated_or_disordered_read_is_a_failure(change: Any) -> None:
    shop = world(30)
    shop.intercept = _listed(change)
    with pytest.raises(PartialRead):
        await read_all(shop)


async def test_truncated_variations_are_a_failure() -> None:
    shop = WooCommerceShop([sized(1, 5)])
    shop.intercept = lambda request, body: body[1:] if "variations" in request.url.path else body
    with pytest.raises(PartialRead):
        await read_all(shop)


async def test_variations_that_change_between_their_pages_are_read_from_the_start() -> None:
    shop = WooCommerceShop([sized(1, 250)])
    rows = shop.listings[0]["variations"]
    change = iter([True])

    def change_once(request: httpx.Request, body: Any) -> Any:
        if request.url.params.get("offset") == "99" and next(change, False):
            del rows[3]
            rows.append({**rows[-1], "id": rows[-1]["id"] + 1})
        return body

    shop.intercept = change_once
    (raw,) = await read_all(shop)
    assert raw.payload["variations"] == rows


async def test_variations_that_never_stand_still_are_a_failure() -> None:
    shop = WooCommerceShop([sized(1, 250)])

    def shift(request: httpx.Request, body: Any) -> Any:
        if "variations" in request.url.path:
            del shop.listings[0]["variations"][0]
        return body

    shop.intercept = shift
    with pytest.raises(PartialRead, match="changed faster"):
        await read_all(shop)


async def test_a_failing_variation_read_fails_the_page_with_its_own_class() -> None:
    shop = world(20, variants=2)
    shop.intercept = lambda request, body: (
        httpx.Response(502) if request.url.path == f"{PRODUCTS}/1007/variations" else body
    )
    with pytest.raises(Temporary):
        await read_all(shop)


async def test_a_product_deleted_between_the_reads_is_left_out() -> None:
    shop = world(3, variants=2)
    shop.intercept = lambda request, body: (
        refusal(404, "woocommerce_rest_product_invalid_id")
        if request.url.path == f"{PRODUCTS}/1001/variations"
        else body
    )
    assert ids(await read_all(shop)) == [1000, 1002]


async def test_reads_by_id_are_batched_and_say_what_is_gone() -> None:
    shop = world(230)
    shop.listings[5]["product"]["status"] = "trash"
    adapter, api = shop.api()
    wanted = [str(one["product"]["id"]) for one in shop.listings] + ["424242", "x", "-1", "1e3", "²"]
    found = await adapter.read(api, wanted)
    assert list(found) == wanted
    assert [one for one, raw in found.items() if raw is None] == ["1005", "424242", "x", "-1", "1e3", "²"]
    sizes = [len(r.url.params["include"].split(",")) for r in shop.requests if "include" in r.url.params]
    assert max(sizes) <= adapter.batch_size == 100


async def test_by_id_the_order_does_not_matter() -> None:
    shop = world(5)
    shop.intercept = _listed(lambda body: body[::-1])
    adapter, api = shop.api()
    assert None not in (await adapter.read(api, ["1000", "1001", "1004"])).values()
    shop.intercept = _listed(lambda body: [body[0], *body])
    with pytest.raises(PartialRead):
        await adapter.read(api, ["1000", "1001", "1004"])


async def test_a_site_without_woocommerce_does_not_look_like_deleted_products() -> None:
    shop = world(2)
    shop.intercept = lambda request, body: httpx.Response(404, html="<h1>Not found</h1>")
    adapter, api = shop.api()
    for ask in (adapter.read(api, ["1000"]), adapter.page(api, None), adapter.account(api)):
        with pytest.raises(PermanentRefusal, match="no WooCommerce"):
            await ask


async def test_page_and_read_answer_the_same() -> None:
    shop = world(12, variants=3)
    raws = await read_all(shop)
    adapter, api = shop.api()
    assert await adapter.read(api, [raw.listing_id for raw in raws]) == {raw.listing_id: raw for raw in raws}
