"""What does not fit into one query is fetched afterwards, and nothing is taken for whole that is not."""

import json
from typing import Any

import httpx
import pytest
from support.catalogue_reading import read_all
from support.shopify_shop import (
    LOCATIONS,
    ShopifyShop,
    gid,
    level,
    option,
    photo,
    product,
    stocked,
    variant,
    whole,
)

from truestock.marketplaces.interface import PartialRead, PermanentRefusal
from truestock.marketplaces.shopify import queries, reads


def varied(count: int, levels: int = 1, number: int = 1) -> dict[str, Any]:
    """A product with so many variants, each stocked at so many locations with 1, 2, … pieces."""
    rows = [
        variant(
            place,
            selectedOptions=[option("Size", str(place))],
            inventoryItem=stocked(place, *(level(pieces) for pieces in range(1, levels + 1))),
        )
        for place in range(count)
    ]
    return product(number, variants=rows)


@pytest.mark.parametrize("variants", [1, queries.VARIANTS, queries.VARIANTS + 1, 101])
@pytest.mark.parametrize("levels", [queries.LEVELS, queries.LEVELS + 1, queries.MORE_LEVELS + 1])
async def test_all_variants_and_locations_are_there(variants: int, levels: int) -> None:
    shop = ShopifyShop([varied(variants, levels)])
    adapter, api = shop.api()
    (raw,) = await read_all(adapter, api)
    found = adapter.to_listing(raw, await adapter.settings(api))
    assert [variant.quantity for variant in found.variants] == [levels * (levels + 1) // 2] * variants
    assert await adapter.read(api, [raw.listing_id]) == {raw.listing_id: raw}


async def test_all_photos_are_there_in_order() -> None:
    addresses = [f"https://i.test/{number}.jpg" for number in range(300)]
    shop = ShopifyShop([product(media=[photo(address) for address in addresses])])
    adapter, api = shop.api()
    (raw,) = await read_all(adapter, api)
    assert [photo.url for photo in adapter.to_listing(raw, await adapter.settings(api)).photos] == addresses


async def test_the_payload_is_the_same_whatever_page_it_came_on() -> None:
    shop = ShopifyShop([varied(12, 3)])
    adapter, api = shop.api()
    (raw,) = await read_all(adapter, api)
    composed = whole(shop.listings[0])
    assert [one["id"] for one in raw.payload["product"]["variants"]["nodes"]] == [
        one["id"] for one in composed["variants"]["nodes"]
    ]
    assert raw.payload["currency"] == "EUR"
    assert raw.payload["product"]["variants"]["pageInfo"]["hasNextPage"] is False


async def test_a_product_that_is_deleted_while_it_is_completed_is_gone() -> None:
    shop = ShopifyShop([varied(20)])

    def deleted(request: httpx.Request, body: Any) -> Any:
        return {"data": {"product": None}} if b"VariantsOf" in request.content else body

    shop.intercept = deleted
    adapter, api = shop.api()
    assert await read_all(adapter, api) == []
    assert await adapter.read(api, ["1001"]) == {"1001": None}


async def test_a_page_that_repeats_itself_is_no_endless_loop() -> None:
    shop = ShopifyShop([varied(300)])

    def again(request: httpx.Request, body: Any) -> Any:
        if b"VariantsOf" not in request.content:
            return body
        asked = json.loads(request.content)["variables"]["after"]
        page = body["data"]["product"]["variants"]
        info = {"hasNextPage": True, "endCursor": asked}
        return {"data": {"product": {"variants": {**page, "pageInfo": info}}}}

    shop.intercept = again
    with pytest.raises(PartialRead, match="same page"):
        await read_all(*shop.api())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda node: node.update(variants=None),
        lambda node: node.update(media=None),
        lambda node: node["variants"].update(nodes=[None]),
        lambda node: node["variants"].update(pageInfo=None),
        lambda node: node["variants"]["pageInfo"].update(hasNextPage=True, endCursor=None),
        lambda node: node["variants"]["pageInfo"].update(hasNextPage=None, endCursor="1"),
        lambda node: node.update(id="gid://shopify/Order/1"),
        lambda node: node.update(id=None),
    ],
)
async def test_null_where_something_was_promised_is_a_partial_read(spoil: Any) -> None:
    shop = ShopifyShop([product(number) for number in range(3)])

    def spoiled(_: httpx.Request, body: Any) -> Any:
        spoil(body["data"]["products"]["edges"][1]["node"])
        return body

    shop.intercept = spoiled
    with pytest.raises(PartialRead):
        await read_all(*shop.api())


@pytest.mark.parametrize(
    "info",
    [
        None,
        {},
        {"hasNextPage": None, "endCursor": "1"},
        {"hasNextPage": True, "endCursor": "1003"},
        {"hasNextPage": False, "endCursor": "9999"},
    ],
)
async def test_a_page_that_contradicts_itself_is_a_partial_read(info: Any) -> None:
    shop = ShopifyShop([product(number) for number in range(1, 4)])

    def contradicting(_: httpx.Request, body: Any) -> Any:
        body["data"]["products"]["pageInfo"] = info
        return body

    shop.intercept = contradicting
    with pytest.raises(PartialRead):
        await read_all(*shop.api())


async def test_an_answer_for_other_ids_than_asked_is_a_partial_read() -> None:
    shop = ShopifyShop([product(1), product(2)])
    adapter, api = shop.api()
    for nodes in ([], None, [whole(product(2)), whole(product(1))], [whole(product(1))]):
        shop.intercept = lambda _, body, nodes=nodes: {"data": {**body["data"], "nodes": nodes}}
        with pytest.raises(PartialRead):
            await adapter.read(api, ["1001", "1002"])


async def test_an_inventory_item_that_vanishes_is_a_partial_read() -> None:
    shop = ShopifyShop([varied(3, 5)])
    adapter, api = shop.api()
    for nodes in ([None] * 3, [], None, [{"id": gid("InventoryItem", 1)}] * 3):
        shop.intercept = lambda request, body, nodes=nodes: (
            {"data": {"nodes": nodes}} if b"LevelsOf" in request.content else body
        )
        with pytest.raises(PartialRead):
            await adapter.page(api, None)


async def test_behind_twenty_thousand_products_a_new_search_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "DEEPEST", 40)
    shop = ShopifyShop([product(number) for number in range(100)])
    adapter, api = shop.api()
    raws = await read_all(adapter, api)
    assert [raw.listing_id for raw in raws] == [str(1000 + number) for number in range(100)]
    searches = {json.loads(request.content)["variables"]["query"] for request in shop.requests}
    assert searches == {None, "id:>1041", "id:>1083"}


@pytest.mark.parametrize("cursor", ["nonsense", "1:2", "-1:0:x", "1:x:y", "", "١:0:x"])
async def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    adapter, api = ShopifyShop().api()
    with pytest.raises(PermanentRefusal, match="not a cursor"):
        await adapter.page(api, cursor)


async def test_the_account_is_the_number_that_webhooks_name_too() -> None:
    adapter, api = ShopifyShop(shop={"name": "<b>Linen</b> &amp; Clay"}).api()
    account = await adapter.account(api)
    assert (account.id, account.name, account.url) == (
        "70000001",
        "Linen & Clay",
        "https://linen-and-clay.test",
    )


@pytest.mark.parametrize("shop_id", [None, 7, "gid://shopify/Product/7", "gid://shopify/Shop/x"])
async def test_a_shop_without_an_id_is_no_account(shop_id: Any) -> None:
    adapter, api = ShopifyShop(shop={"id": shop_id}).api()
    with pytest.raises(PermanentRefusal, match="which shop"):
        await adapter.account(api)


async def test_another_shop_than_the_confirmed_one_is_refused() -> None:
    adapter, api = ShopifyShop(shop={"id": gid("Shop", 5)}).api()
    assert (await adapter.account(api)).id == "5", "who compares accounts is told which one it is"
    with pytest.raises(PermanentRefusal, match="another shop"):
        await adapter.settings(api)


async def test_the_settings_show_currency_taxes_locations_and_the_store() -> None:
    adapter, api = ShopifyShop().api()
    settings = await adapter.settings(api)
    assert (settings.currency, settings.store, settings.site) == ("EUR", api.store, "linen-and-clay.test")
    assert [(int(place.id), place.name) for place in settings.locations] == list(LOCATIONS)
    assert settings.policies == {"taxes_included": "yes"}


async def test_every_request_goes_to_the_shop_and_shows_the_token_only() -> None:
    shop = ShopifyShop([varied(20, 4)])
    adapter, api = shop.api()
    await read_all(adapter, api)
    for request in shop.requests:
        assert request.method == "POST"
        assert str(request.url) == f"https://{api.store}/admin/api/2024-04/graphql.json"
        assert request.headers["content-type"] == "application/json"
        assert b"t1" not in request.content
