"""The sandbox's Shopify: a shop's own OAuth, points, scopes field by field, signed notices."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from support.shopify_seller import APP, BASE, MAIN, SECOND, ShopifySeller

from truestock.marketplaces.authorization import CallbackRefused
from truestock.marketplaces.errors import AccessRevoked
from truestock.marketplaces.interface import AccessExpired, MissingScope, RateLimited
from truestock.marketplaces.notices import NoticeKind
from truestock.marketplaces.shopify import queries
from truestock.marketplaces.shopify.notices import ShopifyNotices
from truestock.marketplaces.shopify.oauth import OAUTH
from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings
from truestock.sandbox.shopify.account import host_for

HOOK = "http://connector.test/hooks/shopify"
ONE = "query($n: Int!) { products(first: $n) { nodes { id } pageInfo { hasNextPage } } }"


@pytest.fixture
def told() -> list[httpx.Request]:
    """The notices that were sent."""
    return []


@pytest.fixture
async def seller(told: list[httpx.Request]) -> AsyncIterator[ShopifySeller]:
    def receive(request: httpx.Request) -> httpx.Response:
        told.append(request)
        return httpx.Response(200)

    settings = Settings(base=BASE, webhooks={"shopify": HOOK})
    app = build(settings, generate(40, 7), transport=httpx.MockTransport(receive))
    async with ShopifySeller(app) as seller:
        yield seller


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("HarbourAndThread", MAIN),
        ("NordlichtKeramik", SECOND),
        ("TheOldPressRoom2", "the-old-press-room2.myshopify.com"),
        ("Æther & Söhne", "ther-s-hne.myshopify.com"),
        ("!!!", "shop.myshopify.com"),
    ],
)
def test_a_shops_host_comes_from_its_name_and_is_one_that_the_adapter_accepts(name: str, host: str) -> None:
    assert host_for(name) == OAUTH.store(host) == host


async def test_accounts_tell_their_hosts(seller: ShopifySeller) -> None:
    accounts = (await seller.control("GET", "/accounts?marketplace=shopify"))["accounts"]
    assert [one["store"] for one in accounts][:2] == [MAIN, SECOND]


async def test_consent_asks_when_nobody_decided_and_only_for_its_own_shop(seller: ShopifySeller) -> None:
    page = await seller.consent(login="")
    assert (page.status_code, "HarbourAndThread" in page.text) == (200, True)
    assert "NordlichtKeramik" not in page.text
    assert (await seller.consent(login="second")).status_code == 404
    seller.store = "no-such-shop.myshopify.com"
    assert (await seller.consent()).status_code == 404


async def test_a_denial_comes_back_as_one(seller: ShopifySeller) -> None:
    answer = await seller.consent(deny="1")
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert (query["error"], query["state"]) == ("access_denied", "state-1")
    with pytest.raises(CallbackRefused):
        OAUTH.returned(APP, list(query.items()), store=MAIN, now=datetime.now(UTC))


async def test_the_callback_is_signed_for_its_shop_and_moment(seller: ShopifySeller) -> None:
    answer = await seller.consent(state="a=b&c%d")
    query = parse_qsl(urlsplit(answer.headers["location"]).query)
    now = datetime.now(UTC)
    assert OAUTH.returned(APP, query, store=MAIN, now=now).code
    for store, at in ((SECOND, now), (MAIN, now + timedelta(minutes=5))):
        with pytest.raises(CallbackRefused):
            OAUTH.returned(APP, query, store=store, now=at)


async def test_tokens_say_what_was_granted_and_for_how_long(seller: ShopifySeller) -> None:
    tokens = await seller.connect()
    assert (tokens.access_for, tokens.refresh_for) == (timedelta(hours=1), timedelta(days=90))
    assert tokens.scopes == OAUTH.required_scopes
    adapter, api = seller.api()
    assert await adapter.granted_scopes(api) == tokens.scopes
    assert all(check.works for check in await adapter.check(api))


async def test_a_code_works_once_for_its_shop_with_the_secret_and_expiry(seller: ShopifySeller) -> None:
    def exchange(code: str, store: str = MAIN, **changes: str) -> Any:
        request = OAUTH.exchange(APP, code=code, verifier="", store=store)
        form = {**request.form, **changes}
        return seller.http.post(request.url, data={name: value for name, value in form.items() if value})

    code = await seller.code()
    for refused in (
        await exchange(code, SECOND),
        await exchange("no-such-code"),
        await exchange(code, expiring=""),
        await exchange(code, client_secret="wrong"),
    ):
        assert refused.status_code in (400, 401)
    assert (await exchange(code, grant_type="", redirect_uri="")).status_code == 200
    again = await exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")


async def test_a_used_refresh_token_works_until_its_successor_is_used(seller: ShopifySeller) -> None:
    first = await seller.connect()
    assert first.refresh_token is not None
    lost = await seller.refresh()
    assert lost.status_code == 200, "and suppose that the answer never arrived"
    second = await seller.refresh(first.refresh_token)
    assert second.status_code == 200
    seller.tokens = OAUTH.tokens(second.json(), keep=None)
    adapter, api = seller.api()
    await adapter.account(api)
    dead = await seller.refresh(first.refresh_token)
    assert isinstance(OAUTH.refusal(dead.status_code, dead.json(), datetime.now(UTC)), AccessRevoked)
    assert (await seller.refresh()).status_code == 200, "the newest one goes on"


async def test_a_token_is_good_for_its_own_shop_only(seller: ShopifySeller) -> None:
    await seller.connect()
    seller.store = SECOND
    answer = await seller.post(json={"query": ONE, "variables": {"n": 1}})
    assert (answer.status_code, "Invalid API key" in answer.json()["errors"]) == (401, True)
    assert (await seller.refresh()).json()["error"] == "invalid_grant"
    seller.store = "no-such-shop.myshopify.com"
    assert (await seller.post(json={"query": ONE})).status_code == 404


@pytest.mark.parametrize("fault", ["expire_access", "revoke", "uninstall"])
async def test_a_token_that_ended_is_401(seller: ShopifySeller, fault: str) -> None:
    await seller.connect()
    await seller.control("POST", "/faults", json={"kind": fault, "account": "shopify:main"})
    adapter, api = seller.api()
    with pytest.raises(AccessExpired):
        await adapter.account(api)
    refreshed = await seller.refresh()
    assert (refreshed.status_code == 200) == (fault == "expire_access")


async def test_a_scope_that_was_not_granted_is_denied_by_name(seller: ShopifySeller) -> None:
    await seller.connect(grant_scopes="read_products read_locations")
    adapter, api = seller.api()
    assert adapter.missing_scopes(await adapter.granted_scopes(api)) == ("read_inventory",)
    with pytest.raises(MissingScope) as denied:
        await adapter.page(api, None)
    assert denied.value.scopes == ("read_inventory",)
    works = {check.scope: check.works for check in await adapter.check(api)}
    assert works == {"read_inventory": False, "read_locations": True, "read_products": True}


async def test_points_are_taken_given_back_and_refuse_when_gone(seller: ShopifySeller) -> None:
    await seller.connect()
    await seller.control(
        "POST",
        "/settings?marketplace=shopify",
        json={"maximum_available": 1_000.0, "restore_rate": 0.001},
    )
    first = (await seller.ask(ONE, n=250))["extensions"]["cost"]
    assert (first["requestedQueryCost"], first["actualQueryCost"]) == (253, 43)
    assert first["throttleStatus"] == {
        "maximumAvailable": 1_000.0,
        "currentlyAvailable": 957,
        "restoreRate": 0.001,
    }
    for _ in range(30):
        answer = await seller.ask(ONE, n=250)
        if "errors" in answer:
            break
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "data" not in answer
    cost = answer["extensions"]["cost"]
    assert cost["throttleStatus"]["currentlyAvailable"] < cost["requestedQueryCost"]
    adapter, api = seller.api()
    with pytest.raises(RateLimited):
        await adapter.page(api, None)


async def test_each_shop_has_points_of_its_own(seller: ShopifySeller) -> None:
    await seller.connect()
    limits = {"maximum_available": 300.0, "restore_rate": 0.001}
    await seller.control("POST", "/settings?marketplace=shopify", json=limits)
    await seller.ask(ONE, n=250)
    await seller.ask(ONE, n=250)
    assert "errors" in await seller.ask(ONE, n=250)
    seller.store = SECOND
    await seller.connect("second")
    assert "errors" not in await seller.ask(ONE, n=250)


async def test_an_injected_rate_limit_is_told_in_points(seller: ShopifySeller) -> None:
    await seller.connect()
    fault = {"kind": "rate_limited", "account": "shopify:main", "retry_after": 30}
    await seller.control("POST", "/faults", json=fault)
    adapter, api = seller.api()
    before = datetime.now(UTC)
    with pytest.raises(RateLimited) as limited:
        await adapter.page(api, None)
    assert timedelta(seconds=29) < limited.value.until - before < timedelta(seconds=60)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("query {", "Syntax Error"),
        ("query { products(first: 1) { nodes { nothing } } }", "Cannot query field"),
        ("mutation { x }", "mutation"),
        ("query { products { nodes { id } } }", "first or last"),
        ("query { products(first: 251) { nodes { id } } }", "cannot exceed"),
        ('query { products(first: 1, after: "x") { nodes { id } } }', "cursor"),
        ('query { products(first: 1, query: "title:x") { nodes { id } } }', "id:>"),
        ('query { nodes(ids: ["x"]) { id } }', "global id"),
        ("query { products(first: 250) { nodes { variants(first: 250) { nodes { id } } } } }", "max cost"),
    ],
)
async def test_a_query_that_cannot_be_answered_says_why(seller: ShopifySeller, query: str, word: str) -> None:
    await seller.connect()
    assert word in (await seller.ask(query))["errors"][0]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"query": 1}', b'{"query": "x", "variables": []}x'])
async def test_a_body_that_is_no_query_is_400(seller: ShopifySeller, body: bytes) -> None:
    await seller.connect()
    assert (await seller.post(content=body)).status_code == 400


async def test_the_price_of_a_query_is_the_most_it_may_return(seller: ShopifySeller) -> None:
    await seller.connect()
    variables = {"first": queries.PAGE, "after": None, "query": None, **queries.SIZES}
    cost = (await seller.ask(queries.PRODUCTS, **variables))["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 942
    assert 100 < cost["actualQueryCost"] < 942


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("uninstall", NoticeKind.ACCESS_REVOKED), ("close_account", NoticeKind.ACCOUNT_DELETED)],
)
async def test_the_notice_is_one_that_the_adapter_believes(
    seller: ShopifySeller, told: list[httpx.Request], fault: str, kind: NoticeKind
) -> None:
    await seller.connect()
    adapter, api = seller.api()
    account = await adapter.account(api)
    await seller.control("POST", "/faults", json={"kind": fault, "account": "shopify:main"})
    (request,) = told
    assert str(request.url) == HOOK
    notice = await ShopifyNotices().read(APP, seller.http, dict(request.headers), request.content)
    assert (notice.kind, notice.account_id, notice.store) == (kind, account.id, MAIN)


async def test_a_products_page_and_photos_are_there(seller: ShopifySeller) -> None:
    await seller.connect()
    adapter, api = seller.api()
    settings = await adapter.settings(api)
    listings = [adapter.to_listing(raw, settings) for raw in (await adapter.page(api, None)).raws]
    shown = next(one for one in listings if one.url and one.photos)
    assert shown.title in (await seller.http.get(shown.url or "")).text
    photo = await seller.http.get(shown.photos[0].url)
    assert (photo.status_code, photo.headers["content-type"]) == (200, "image/jpeg")
    assert (await seller.http.get(f"{BASE}/shopify/{MAIN}/products/nothing")).status_code == 404
