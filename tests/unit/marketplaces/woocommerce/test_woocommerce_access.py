"""Keys, errors and the store's identity."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.marketplace_shop import NOW
from support.woocommerce_shop import KEYS, STORE, WooCommerceShop, listing, refusal, world

from truestock.marketplaces.interface import (
    AccessExpired,
    MissingScope,
    PermanentRefusal,
    RateLimited,
    Temporary,
)

LATER = NOW + timedelta(seconds=90)


async def test_the_account_is_the_store_and_its_settings_are_read_live() -> None:
    shop = WooCommerceShop()
    adapter, api = shop.api()
    account = await adapter.account(api)
    assert (account.id, account.name, account.url) == (STORE, "Linen & Clay", STORE)
    settings = await adapter.settings(api)
    assert (settings.currency, settings.locale, settings.store) == ("EUR", "de-DE", STORE)
    assert (settings.site, settings.policies) == ("linen.test", {"manage_stock": "yes"})
    shop.currency = "SEK"
    assert (await adapter.settings(api)).settings_hash() != settings.settings_hash()


async def test_keys_travel_in_the_header_alone_and_only_to_woocommerce() -> None:
    shop = world(3, variants=2)
    shop.valid_token = KEYS
    adapter, api = shop.api()
    shop.tokens.current = _keys  # type: ignore[method-assign]  # these keys, not t1
    await adapter.account(api)
    await adapter.page(api, None)
    pair = base64.b64encode(KEYS.encode()).decode()
    for request in shop.requests:
        sent = request.headers["authorization"]
        assert sent == ("" if request.url.path == "/shop/wp-json/" else f"Basic {pair}")
        assert not any(part in str(request.url) for part in (*KEYS.split(":"), pair))


async def _keys() -> str:
    return KEYS


@pytest.mark.parametrize("home", ["https://linen.test/shop/", "http://linen.test/shop", "Linen.test/shop"])
async def test_a_store_that_believes_in_http_is_the_same_store(home: str) -> None:
    adapter, api = WooCommerceShop(status={"home_url": home}).api()
    assert (await adapter.account(api)).id == STORE


@pytest.mark.parametrize(
    ("home_url", "told"),
    [
        ("https://other.test", "https://other.test"),
        ("https://linen.test", "https://linen.test"),
        ("https://www.linen.test/shop", "www.linen.test"),
        ("https://linen.test:8443/shop", "8443"),
        ("", "does not say"),
        (None, "does not say"),
        (["x"], "does not say"),
        ("https://10.0.0.1", "no web address"),
    ],
)
async def test_a_store_cannot_pass_for_another_one(home_url: Any, told: str) -> None:
    adapter, api = WooCommerceShop(status={"home_url": home_url}).api()
    for ask in (adapter.account, adapter.settings):
        with pytest.raises(PermanentRefusal, match=told):
            await ask(api)


async def test_a_store_without_a_readable_title_or_stock_setting_is_shown_by_its_address() -> None:
    def closed(request: httpx.Request, body: Any) -> Any:
        path = request.url.path
        return refusal(403, "rest_forbidden") if path.endswith(("/wp-json/", "manage_stock")) else body

    adapter, api = WooCommerceShop(intercept=closed).api()
    assert (await adapter.account(api)).name == "linen.test/shop"
    assert (await adapter.settings(api)).policies == {}


async def test_what_was_granted_is_found_by_reading() -> None:
    shop = world(2)
    adapter, api = shop.api()
    assert await adapter.granted_scopes(api) == ("read",)
    assert [(one.scope, one.works) for one in await adapter.check(api)] == [("read", True)]
    shop.intercept = lambda request, body: refusal(403, "woocommerce_rest_cannot_view")
    assert await adapter.granted_scopes(api) == ()
    (found,) = await adapter.check(api)
    assert (found.works, "shop manager" in found.detail) == (False, True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal(401, "woocommerce_rest_cannot_view"), AccessExpired),
        (refusal(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid."), AccessExpired),
        (refusal(401, "invalid_username"), AccessExpired),
        (
            refusal(
                401,
                "woocommerce_rest_authentication_error",
                "The API key provided does not have read permissions.",
            ),
            MissingScope,
        ),
        (refusal(403, "woocommerce_rest_cannot_view"), MissingScope),
        (httpx.Response(403, html="<h1>Blocked</h1>"), PermanentRefusal),
        (refusal(404, "rest_no_route"), PermanentRefusal),
        (refusal(400, "rest_invalid_param"), PermanentRefusal),
        (httpx.Response(400, json=["odd"]), PermanentRefusal),
        (httpx.Response(400, json={"code": {"a": 1}}), PermanentRefusal),
        (httpx.Response(301, headers={"location": "https://www.linen.test/"}), PermanentRefusal),
        (httpx.Response(500, text="There has been a critical error on this website."), Temporary),
        (httpx.Response(503, text="Briefly unavailable for scheduled maintenance."), Temporary),
    ],
)
async def test_errors_have_a_class(answer: httpx.Response, expected: type[Exception]) -> None:
    adapter, api = WooCommerceShop([listing()], intercept=lambda request, body: answer).api()
    with pytest.raises(expected) as refused:
        await adapter.read(api, ["1001"])
    assert "t1" not in str(refused.value)


async def test_what_the_store_writes_never_gets_into_a_message() -> None:
    leak = refusal(400, "ck_secret <script>", "ck_secret")
    adapter, api = WooCommerceShop(intercept=lambda request, body: leak).api()
    with pytest.raises(PermanentRefusal) as refused:
        await adapter.page(api, None)
    assert "ck_secret" not in str(refused.value)


async def test_replaced_keys_are_tried_once_for_all_reads_side_by_side() -> None:
    shop = world(30, variants=2)
    adapter, api = shop.api()
    served = iter(range(5))

    def replaced(request: httpx.Request, body: Any) -> Any:
        if next(served, None) is None:
            shop.valid_token = "t2"
        return body

    shop.intercept = replaced
    assert len((await adapter.page(api, None)).raws) == 30
    assert shop.tokens.refusals == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", ["90", "Sun, 01 Mar 2026 09:01:30 GMT"])
async def test_a_busy_host_says_until_when_and_is_left_alone(status: int, wait: str) -> None:
    shop = world(2)
    shop.intercept = lambda request, body: httpx.Response(status, headers={"retry-after": wait})
    adapter, api = shop.api()
    for _ in range(3):
        with pytest.raises(RateLimited) as refused:
            await adapter.page(api, None)
        assert refused.value.until == LATER
    assert len(shop.requests) == 1
    shop.intercept = None
    shop.now = LATER
    assert len((await adapter.page(api, None)).raws) == 2


@pytest.mark.parametrize(
    ("headers", "seconds"), [({}, 5), ({"retry-after": "soon"}, 5), ({"retry-after": "9" * 20}, 86_400)]
)
async def test_a_pause_without_an_end_is_short_and_an_absurd_one_has_an_end(
    headers: dict[str, str], seconds: int
) -> None:
    shop = WooCommerceShop(intercept=lambda request, body: httpx.Response(429, headers=headers))
    adapter, api = shop.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.page(api, None)
    assert refused.value.until == shop.now + timedelta(seconds=seconds)
