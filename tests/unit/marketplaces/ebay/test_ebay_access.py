"""eBay's consent, account, scopes, limits and errors."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from support.ebay_shop import LIMITS, EbayShop, by_hand, single
from support.marketplace_shop import NOW

from truestock.marketplaces import registry
from truestock.marketplaces.authorization import Application
from truestock.marketplaces.ebay import limits
from truestock.marketplaces.ebay.account import identity_base
from truestock.marketplaces.interface import (
    AccessExpired,
    Gone,
    MissingScope,
    PermanentRefusal,
    RateLimited,
    Temporary,
)

EBAY = registry.get("ebay")
SCOPE = "https://api.ebay.com/oauth/api_scope"
BOTH = f"{SCOPE}/commerce.identity.readonly {SCOPE}/sell.inventory.readonly"
APP = Application(
    client_id="Truestock-PRD-1",
    redirect_uri="Truestock_AG-Truestoc-Trues-abcd",
    authorize_url=EBAY.oauth.authorize_url,
    token_url=EBAY.oauth.token_url,
    api_url=EBAY.api_url,
    client_secret="hidden",
)


def test_consent_sends_the_runame_and_no_challenge() -> None:
    url = urlsplit(
        EBAY.oauth.consent_url(APP, state="S", challenge="C", store=None, callback_url="https://x.test")
    )
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://auth.ebay.com/oauth2/authorize"
    assert dict(parse_qsl(url.query)) == {
        "response_type": "code",
        "client_id": "Truestock-PRD-1",
        "redirect_uri": "Truestock_AG-Truestoc-Trues-abcd",
        "scope": BOTH,
        "state": "S",
    }


def test_token_requests_authenticate_with_basic_and_name_the_scopes_when_refreshing() -> None:
    exchange = EBAY.oauth.exchange(APP, code="K", verifier="V", store=None)
    assert exchange.url == "https://api.ebay.com/identity/v1/oauth2/token"
    assert exchange.form == {
        "grant_type": "authorization_code",
        "code": "K",
        "redirect_uri": "Truestock_AG-Truestoc-Trues-abcd",
    }
    refresh = EBAY.oauth.refresh(APP, refresh_token="R", store=None)
    assert refresh.form == {"grant_type": "refresh_token", "refresh_token": "R", "scope": BOTH}
    pair = base64.b64encode(b"Truestock-PRD-1:hidden").decode()
    assert exchange.headers == refresh.headers == {"authorization": f"Basic {pair}"}


def test_a_refresh_token_stays_and_lives_as_long_as_ebay_says() -> None:
    first = {
        "access_token": "A",
        "expires_in": 7200,
        "refresh_token": "R",
        "refresh_token_expires_in": 47_000_000,
        "token_type": "User Access Token",
    }
    tokens = EBAY.oauth.tokens(first, keep=None)
    assert (tokens.refresh_token, tokens.access_for) == ("R", timedelta(seconds=7200))
    assert tokens.refresh_for == timedelta(seconds=47_000_000)
    again = EBAY.oauth.tokens({"access_token": "B", "expires_in": 7200}, keep="R")
    assert (again.refresh_token, again.refresh_for) == ("R", timedelta(seconds=47_304_000))


async def test_the_account_is_the_user_by_the_id_that_never_changes() -> None:
    shop = EbayShop(user={"username": "new_&amp;_name"})
    adapter, api = shop.api()
    account = await adapter.account(api)
    assert (account.id, account.name) == ("ma8vp1jySJC", "new_&_name")
    assert str(shop.requests[0].url) == "https://apiz.ebay.test/commerce/identity/v1/user/"


@pytest.mark.parametrize("user", [{"userId": None}, {"userId": ""}, {"userId": 7}])
async def test_an_account_without_an_id_is_refused(user: dict[str, Any]) -> None:
    adapter, api = EbayShop(user=user).api()
    with pytest.raises(PermanentRefusal, match="whose token"):
        await adapter.account(api)


def test_the_identity_api_is_beside_the_others() -> None:
    assert identity_base("https://api.ebay.com") == "https://apiz.ebay.com"
    assert identity_base("https://api.sandbox.ebay.com") == "https://apiz.sandbox.ebay.com"
    assert identity_base("http://127.0.0.1:8090/ebay") == "http://127.0.0.1:8090/ebay"


async def test_settings_come_from_the_registration_and_the_locations() -> None:
    adapter, api = EbayShop().api()
    settings = await adapter.settings(api)
    assert (settings.currency, settings.site, settings.locale) == ("EUR", "ebay.de", "de-DE")
    assert [(one.id, one.name) for one in settings.locations] == [("shed", "The shed")]
    assert settings.policies == {"account type": "business"}
    adapter, api = EbayShop(user={"registrationMarketplaceId": "EBAY_XX"}).api()
    unknown = await adapter.settings(api)
    assert (unknown.currency, unknown.site) == (None, "EBAY_XX")


def _without(part: str) -> Any:
    def intercept(request: httpx.Request, body: Any) -> Any:
        refusal = {"errors": [{"errorId": 1100, "domain": "ACCESS", "message": "Access denied"}]}
        return httpx.Response(403, json=refusal) if part in request.url.path else body

    return intercept


async def test_missing_scopes_are_found_by_trying() -> None:
    adapter, api = EbayShop(intercept=_without("/sell/inventory/")).api()
    granted = await adapter.granted_scopes(api)
    assert granted == (f"{SCOPE}/commerce.identity.readonly",)
    assert adapter.missing_scopes(granted) == (f"{SCOPE}/sell.inventory.readonly",)
    checks = await adapter.check(api)
    assert [check.works for check in checks] == [True, False]
    with pytest.raises(MissingScope):
        await adapter.page(api, None)


def test_the_write_scope_implies_the_read_scope() -> None:
    granted = [f"{SCOPE}/sell.inventory", f"{SCOPE}/commerce.identity.readonly"]
    assert EBAY.missing_scopes(granted) == ()


@pytest.mark.parametrize(
    ("status", "error_id", "expected"),
    [
        (401, 1001, AccessExpired),
        (401, 1002, AccessExpired),
        (403, 1100, MissingScope),
        (403, 3001, PermanentRefusal),
        (404, 25710, Gone),
        (400, 25702, Gone),
        (400, 25709, PermanentRefusal),
        (409, 25001, PermanentRefusal),
        (500, 25001, Temporary),
    ],
)
async def test_errors_have_a_class(status: int, error_id: int, expected: type[Exception]) -> None:
    body = {"errors": [{"errorId": error_id, "message": "about t1", "longMessage": "t1 and t2"}]}
    adapter, api = EbayShop(intercept=lambda request, _: httpx.Response(status, json=body)).api()
    with pytest.raises(expected) as refused:
        await adapter.settings(api)
    assert "t1" not in str(refused.value)
    assert "t2" not in str(refused.value)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("21917053", AccessExpired),
        ("931", AccessExpired),
        ("518", RateLimited),
        ("10007", Temporary),
        ("37", PermanentRefusal),
        (None, PermanentRefusal),
    ],
)
async def test_the_trading_api_refuses_with_a_success_status(code: Any, expected: type[Exception]) -> None:
    def refuse(request: httpx.Request, body: Any) -> Any:
        errors = [{"ErrorCode": "1", "SeverityCode": "Warning"}, {"ErrorCode": code, "SeverityCode": "Error"}]
        is_xml = request.url.path == "/ws/api.dll"
        return {"Ack": "Failure", "Errors": errors} if is_xml else body

    adapter, api = EbayShop(intercept=refuse).api()
    first = await adapter.page(api, None)
    with pytest.raises(expected):
        await adapter.page(api, first.next_cursor)


async def test_a_token_that_expires_during_xml_is_replaced_once() -> None:
    shop = EbayShop([by_hand(1)])
    adapter, api = shop.api()
    first = await adapter.page(api, None)
    shop.valid_token = "t2"
    assert len((await adapter.page(api, first.next_cursor)).raws) == 1
    assert shop.tokens.refusals == 1


def _limit(remaining: int, reset: str) -> list[dict[str, Any]]:
    rate = {"limit": 2_000_000, "remaining": remaining, "reset": reset, "timeWindow": 86_400}
    resource = {"name": "sell.inventory", "rates": [rate]}
    return [{"apiContext": "sell", "apiName": "inventory", "apiVersion": "v1", "resources": [resource]}]


async def test_a_used_up_quota_closes_the_gate_before_anything_else_is_sent() -> None:
    shop = EbayShop([single()], limits=_limit(0, "2026-03-01T10:00:00.000Z"))
    adapter, api = shop.api()
    for _ in range(2):
        with pytest.raises(RateLimited) as refused:
            await adapter.page(api, None)
        assert refused.value.until == NOW + timedelta(hours=1)
    assert [request.url.path for request in shop.requests] == [LIMITS]
    shop.now += timedelta(hours=1)
    shop.limits = _limit(1, "2026-03-02T10:00:00.000Z")
    assert len((await adapter.page(api, None)).raws) == 1


async def test_too_many_requests_asks_how_long_to_wait() -> None:
    def limited(request: httpx.Request, body: Any) -> Any:
        return (
            httpx.Response(429, json={"errors": [{"errorId": 2001}]})
            if "/offer" in request.url.path
            else body
        )

    shop = EbayShop([single()], intercept=limited)
    adapter, api = shop.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.read(api, ["sku:SKU-1"])
    assert shop.now <= refused.value.until <= shop.now + timedelta(seconds=2)
    assert NOW + timedelta(seconds=2) in {NOW + timedelta(seconds=wait) for wait in shop.waits}
    shop.limits = _limit(0, "2026-03-01T12:00:00.000Z")
    with pytest.raises(RateLimited) as refused:
        await adapter.read(api, ["sku:SKU-1"])
    assert refused.value.until == NOW + timedelta(hours=3)


async def test_too_many_requests_for_a_page_asks_how_long_to_wait() -> None:
    shop = EbayShop([single()])

    def limited(request: httpx.Request, body: Any) -> Any:
        if "/offer" not in request.url.path:
            return body
        shop.limits = _limit(0, "2026-03-01T12:00:00.000Z")
        return httpx.Response(429, json={"errors": [{"errorId": 2001}]})

    shop.intercept = limited
    adapter, api = shop.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.page(api, None)
    assert refused.value.until == NOW + timedelta(hours=3)


@pytest.mark.parametrize("status", [204, 403, 404, 500])
async def test_limits_that_are_not_told_stop_nothing(status: int) -> None:
    def no_limits(request: httpx.Request, body: Any) -> Any:
        return httpx.Response(status) if request.url.path == LIMITS else body

    adapter, api = EbayShop([single()], intercept=no_limits).api()
    assert len((await adapter.page(api, None)).raws) == 1


def test_a_reset_that_is_past_closes_nothing() -> None:
    told = {"rateLimits": _limit(0, "2026-03-01T09:00:01Z")}
    assert limits.closed_until(told, NOW) == NOW + timedelta(seconds=1)
    assert limits.closed_until(told, NOW + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    "told", [[None], [{"resources": None}], _limit(0, "soon"), _limit(0, "2026-03-01T08:00:00.000Z")]
)
async def test_odd_or_past_limits_stop_nothing(told: Any) -> None:
    adapter, api = EbayShop([single()], limits=told).api()
    assert len((await adapter.page(api, None)).raws) == 1
