"""Etsy's reading endpoints."""

import pytest
from support.etsy_seller import API, APP, EtsySeller

STATES = ("active", "inactive", "sold_out", "draft", "expired")
LISTINGS = "/shops/20000001/listings"


async def read_all(seller: EtsySeller, state: str, limit: int) -> list[int]:
    found: list[int] = []
    while True:
        page = (await seller.get(LISTINGS, state=state, limit=limit, offset=len(found))).json()
        found += [row["listing_id"] for row in page["results"]]
        if len(found) >= page["count"]:
            assert len(found) == page["count"]
            return found


async def test_paging_over_all_states_gives_every_listing_once(main: EtsySeller) -> None:
    found = [listing_id for state in STATES for listing_id in await read_all(main, state, 7)]
    assert len(found) == len(set(found)) == 40


async def test_active_is_the_default_state_and_25_the_default_limit(main: EtsySeller) -> None:
    page = (await main.get(LISTINGS)).json()
    assert len(page["results"]) == 25
    assert {row["state"] for row in page["results"]} == {"active"}


async def test_an_active_listing_with_nothing_left_is_sold_out(main: EtsySeller) -> None:
    page = (await main.get(LISTINGS, state="sold_out", includes="Inventory")).json()
    assert page["count"] >= 1
    assert {row["quantity"] for row in page["results"]} == {0}


async def test_unknown_quantity_is_absent_and_never_zero(main: EtsySeller) -> None:
    view = await main.control("GET", "/accounts/main/listings?limit=40")
    bare = next(one for one in view["listings"] if not one["has_record"])
    row = (await main.get(f"/listings/{bare['listing_id']}", includes="Images,Inventory")).json()
    assert "inventory" not in row
    assert "quantity" not in row
    assert row["price"]["amount"] > 0
    assert (await main.get(f"/listings/{bare['listing_id']}/inventory")).status_code == 404
    unknown = next(
        one
        for one in view["listings"]
        if one["has_record"] and any(variant["quantity"] is None for variant in one["variants"])
    )
    offering = (await main.get(f"/listings/{unknown['listing_id']}/inventory")).json()["products"][0][
        "offerings"
    ][0]
    assert "quantity" not in offering


async def test_a_batch_leaves_out_what_is_missing_and_what_is_hidden(main: EtsySeller) -> None:
    mine = (await read_all(main, "draft", 100))[0]
    theirs = await main.control("GET", "/accounts/second/listings?limit=100")
    hidden = next(one["listing_id"] for one in theirs["listings"] if one["state"] == "draft")
    shown = next(one["listing_id"] for one in theirs["listings"] if one["state"] == "active")
    page = (await main.get("/listings/batch", listing_ids=f"{mine},{hidden},{shown},999")).json()
    assert [str(row["listing_id"]) for row in page["results"]] == [str(mine), shown]
    assert page["count"] == 2


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (LISTINGS, {"limit": "101"}),
        (LISTINGS, {"limit": "0"}),
        (LISTINGS, {"limit": "ten"}),
        (LISTINGS, {"offset": "-1"}),
        (LISTINGS, {"state": "lost"}),
        (LISTINGS, {"includes": "Everything"}),
        ("/shops/abc/listings", {}),
        ("/listings/batch", {}),
        ("/listings/batch", {"listing_ids": "1,x"}),
        ("/listings/batch", {"listing_ids": ",".join(map(str, range(1, 102)))}),
    ],
)
async def test_wrong_parameters_are_named(main: EtsySeller, path: str, params: dict[str, str]) -> None:
    answer = await main.get(path, **params)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_key_and_token_are_required(main: EtsySeller) -> None:
    assert (await main.http.get(f"{API}/users/me")).status_code == 401
    assert (await main.http.get(f"{API}/users/me", headers={"x-api-key": "wrong"})).status_code == 401
    without = await main.http.get(f"{API}/users/me", headers={"x-api-key": APP})
    assert (without.status_code, without.json()["error"]) == (401, "invalid_token")
    wrong = await main.call("GET", "/shops/20000001", headers={"authorization": "Bearer 10000001.x"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_token")
    assert (
        await main.http.get(f"{API}/shops/20000001", headers={"x-api-key": f"{APP}:secret"})
    ).status_code == 200


async def test_another_sellers_shop_is_not_listed(main: EtsySeller) -> None:
    assert (await main.get("/shops/20000002/listings")).status_code == 403
    assert (await main.get("/shops/29999999")).status_code == 404
    assert (await main.get("/shops/20000002")).json()["currency_code"] == "EUR"


async def test_a_third_option_is_joined_into_the_second() -> None:
    from truestock.sandbox.catalog import Catalog, Product, Variant
    from truestock.sandbox.etsy.account import open_shop
    from truestock.sandbox.etsy.stocking import adapt
    from truestock.sandbox.shop import stock

    product = Product(
        "a", "A", "", (Variant(("S", "Red", "Linen"), quantity=1),), option_names=("Size", "Colour", "Fabric")
    )
    shop = open_shop(1, login="x", name="X", currency="USD")
    stock(shop, Catalog((product,)), adapt=adapt)
    (listing,) = shop
    assert listing.property_names == ("Size", "Colour / Fabric")
    assert listing.products[0].values == ("S", "Red / Linen")


async def test_photos_are_pictures_and_the_same_each_time(main: EtsySeller) -> None:
    page = (await main.get(LISTINGS, includes="Images", limit=100)).json()
    url = next(row["images"][0]["url_fullxfull"] for row in page["results"] if row["images"])
    first, second, head = await main.http.get(url), await main.http.get(url), await main.http.head(url)
    assert first.headers["content-type"] == "image/jpeg"
    assert first.content == second.content
    assert first.content[:2] == b"\xff\xd8"
    assert 500 < len(first.content) < 20_000
    assert (head.status_code, head.content) == (200, b"")
    assert (await main.http.get("/photos/il_fullxfull.1.jpg")).status_code == 404
    assert (await main.http.get(url.replace("fullxfull", "huge"))).status_code == 404
