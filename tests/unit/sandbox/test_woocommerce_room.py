"""The sandbox's WooCommerce: consent that posts keys, and a store that answers as WordPress does."""

import base64
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from support.woocommerce_seller import CALLBACK, OAUTH, WooCommerceSeller, told

from truestock.marketplaces.interface import AccessExpired, MissingScope, PartialRead, RateLimited, Temporary

PRODUCTS = "/woocommerce/main/wp-json/wc/v3/products"


@pytest.fixture
async def seller() -> AsyncIterator[WooCommerceSeller]:
    async with WooCommerceSeller() as seller:
        yield seller


async def test_a_seller_who_agrees_comes_back_after_the_keys_were_posted(seller: WooCommerceSeller) -> None:
    asked = await seller.consent()
    assert (asked.status_code, "truestock-local" in asked.text) == (200, True)
    answer = await seller.consent(login="main")
    assert told(answer) == {"success": "1", "user_id": "state-1"}
    assert answer.headers["location"].startswith(CALLBACK)
    (post,) = seller.posts
    assert str(post.url) == CALLBACK.replace("/callback", "/keys")
    posted = OAUTH.posted(json.loads(post.content))
    assert (posted.state, posted.answer.scopes) == ("state-1", ("read",))


async def test_the_pages_buttons_decide_too(seller: WooCommerceSeller) -> None:
    asked = await seller.consent()
    for decision, success in (("approve", "1"), ("deny", "0")):
        answer = await seller.http.post(str(asked.url), data={"login": "main", "decision": decision})
        assert told(answer)["success"] == success


async def test_a_seller_who_denies_posts_nothing(seller: WooCommerceSeller) -> None:
    assert told(await seller.consent(deny="1")) == {"success": "0", "user_id": "state-1"}
    assert seller.posts == []


@pytest.mark.parametrize(
    "change",
    [
        {"scope": "everything"},
        {"app_name": ""},
        {"user_id": ""},
        {"callback_url": "https://evil.example/keys"},
        {"return_url": "https://evil.example/"},
        {"login": "second"},
    ],
)
async def test_a_request_that_cannot_be_right_gets_no_keys(
    seller: WooCommerceSeller, change: dict[str, str]
) -> None:
    answer = await seller.consent(**{"approve": "1", **change})
    assert answer.status_code in (401, 404)
    assert seller.posts == []


async def test_keys_that_could_not_be_delivered_are_worth_nothing(seller: WooCommerceSeller) -> None:
    seller.status = 204
    answer = await seller.consent(approve="1")
    assert (answer.status_code, "location" in answer.headers) == (401, False)
    body = json.loads(seller.posts[-1].content)
    pair = (body["consumer_key"], body["consumer_secret"])
    assert (await seller.http.get(PRODUCTS, auth=pair)).status_code == 401


async def test_keys_open_one_store_and_only_with_their_secret(seller: WooCommerceSeller) -> None:
    key, _, secret = (await seller.keys("main")).partition(":")
    assert (await seller.http.get(PRODUCTS, auth=(key, secret))).status_code == 200
    other = PRODUCTS.replace("main", "second")
    for path, auth, code in (
        (PRODUCTS, None, "woocommerce_rest_cannot_view"),
        (PRODUCTS, (secret, key), "woocommerce_rest_cannot_view"),
        (other, (key, secret), "woocommerce_rest_cannot_view"),
        (PRODUCTS, (key, "cs_wrong"), "woocommerce_rest_authentication_error"),
        ("/woocommerce/main/wp-json/", (key, secret), "invalid_username"),
    ):
        answer = await seller.http.get(path, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
    broken = {"authorization": "Basic " + base64.b64encode(b"\xff").decode()}
    assert (await seller.http.get(PRODUCTS, headers=broken)).status_code == 401


async def test_write_only_keys_cannot_read(seller: WooCommerceSeller) -> None:
    adapter, api = await seller.api(grant_scopes="write")
    with pytest.raises(MissingScope):
        await adapter.page(api, None)
    assert await adapter.granted_scopes(api) == ()


async def test_deleted_keys_are_refused(seller: WooCommerceSeller) -> None:
    adapter, api = await seller.api()
    await adapter.check(api)
    await seller.control("POST", "/faults", {"kind": "revoke", "account": "woocommerce:main"})
    with pytest.raises(AccessExpired):
        await adapter.check(api)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "truncate_page"}, PartialRead),
        ({"kind": "wrong_total"}, PartialRead),
        ({"kind": "server_error", "status": 502}, Temporary),
        ({"kind": "rate_limited", "retry_after": 60}, RateLimited),
    ],
)
async def test_a_disturbed_store_is_noticed(
    seller: WooCommerceSeller, fault: dict[str, object], expected: type[Exception]
) -> None:
    adapter, api = await seller.api()
    await seller.control("POST", "/faults", {**fault, "account": "woocommerce:main", "path": "/products"})
    with pytest.raises(expected):
        await adapter.page(api, None)


async def test_collections_are_asked_for_as_in_wordpress(seller: WooCommerceSeller) -> None:
    key, _, secret = (await seller.keys()).partition(":")

    async def get(path: str, **query: str | int) -> httpx.Response:
        return await seller.http.get(path, params=query, auth=(key, secret))

    newest = await get(PRODUCTS)
    assert len(newest.json()) == 10
    ids = [row["id"] for row in newest.json()]
    assert ids == sorted(ids, reverse=True)
    assert (newest.headers["x-wp-total"], newest.headers["x-wp-totalpages"]) == ("40", "4")
    assert 'rel="next"' in newest.headers["link"]
    second = (await get(PRODUCTS, per_page=7, page=2, orderby="id", order="asc")).json()
    assert second == (await get(PRODUCTS, per_page=7, offset=7, orderby="id", order="asc")).json()
    assert (await get(PRODUCTS, page=9)).json() == []
    named = await get(PRODUCTS, include=f"{ids[3]},999", _fields="id,name,nothing")
    assert [set(row) for row in named.json()] == [{"id", "name"}]
    for query in (
        {"per_page": 101},
        {"page": 0},
        {"status": "x"},
        {"order": "x"},
        {"orderby": "x"},
        {"include": "x"},
        {"offset": "-1"},
    ):
        assert (await get(PRODUCTS, **query)).json()["code"] == "rest_invalid_param"
    for path, code in (
        (f"{PRODUCTS}/1", "woocommerce_rest_product_invalid_id"),
        (f"{PRODUCTS}/{ids[0]}/variations/1", "woocommerce_rest_product_invalid_id"),
        ("/woocommerce/main/wp-json/wc/v3/orders", "rest_no_route"),
        ("/woocommerce/main/wp-json/wc/v3/settings/general/x", "rest_no_route"),
        ("/woocommerce/nobody/wp-json/wc/v3/products", "rest_no_route"),
    ):
        answer = await get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_a_product_has_a_page_while_it_is_published(seller: WooCommerceSeller) -> None:
    key, _, secret = (await seller.keys()).partition(":")
    rows = (await seller.http.get(PRODUCTS, params={"per_page": 100}, auth=(key, secret))).json()
    for row in rows:
        page = await seller.http.get(row["permalink"])
        assert (page.status_code == 200) == (row["status"] == "publish")


async def test_the_secret_stays_out_of_the_request_log(seller: WooCommerceSeller) -> None:
    pair = await seller.keys()
    await seller.http.get(f"{PRODUCTS}?consumer_key={pair.partition(':')[0]}")
    log = json.dumps(await seller.control("GET", "/requests?marketplace=woocommerce"))
    assert "NOTICE" in log
    assert not any(part in log for part in pair.split(":"))
