"""Amazon's consent, roles, account, usage plans and errors."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from support.amazon_shop import EXPIRED, FRANCE, GERMANY, SELLER, AmazonShop, item, participation
from support.marketplace_shop import NOW

from truestock.marketplaces import registry
from truestock.marketplaces.authorization import Application, CallbackRefused
from truestock.marketplaces.interface import (
    AccessExpired,
    Gone,
    MissingScope,
    PermanentRefusal,
    RateLimited,
    StoreRefused,
    Temporary,
)

AMAZON = registry.get("amazon")
BOTH = ("product_listing", "selling_partner_insights")
APP = Application(
    client_id="amzn1.application-oa2-client.1",
    redirect_uri="https://truestock.test/callback",
    authorize_url=AMAZON.oauth.authorize_url,
    token_url=AMAZON.oauth.token_url,
    api_url=AMAZON.api_url,
    client_secret="hidden",
    application_id="amzn1.sp.solution.1",
)


def consent(app: Application) -> tuple[str, dict[str, str]]:
    url = urlsplit(
        AMAZON.oauth.consent_url(app, state="S", challenge="C", store=None, callback_url="https://x.test")
    )
    return f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query))


def test_consent_names_the_application_and_no_scope() -> None:
    page, query = consent(APP)
    assert page == "https://sellercentral.amazon.com/apps/authorize/consent"
    assert query == {
        "application_id": "amzn1.sp.solution.1",
        "state": "S",
        "redirect_uri": "https://truestock.test/callback",
    }


def test_a_draft_application_is_configured_in_the_address() -> None:
    page, query = consent(replace(APP, authorize_url=f"{APP.authorize_url}?version=beta"))
    assert (page, query["version"], query["state"]) == (APP.authorize_url, "beta", "S")
    with pytest.raises(PermanentRefusal, match="APPLICATION_ID"):
        consent(replace(APP, application_id=None))


def returned(query: list[tuple[str, str]]) -> Any:
    return AMAZON.oauth.returned(APP, query, store=None, now=NOW)


def test_the_callback_names_the_seller() -> None:
    found = returned([("state", "S"), ("spapi_oauth_code", "K"), ("selling_partner_id", SELLER)])
    assert (found.code, found.account_id) == ("K", SELLER)


@pytest.mark.parametrize(
    "query",
    [
        [],
        [("code", "K"), ("selling_partner_id", SELLER)],
        [("spapi_oauth_code", "K")],
        [("spapi_oauth_code", "K"), ("selling_partner_id", "../other")],
        [("spapi_oauth_code", "K"), ("spapi_oauth_code", "L"), ("selling_partner_id", SELLER)],
        [("spapi_oauth_code", "K" * 5_000), ("selling_partner_id", SELLER)],
    ],
)
def test_a_callback_without_code_or_seller_is_refused(query: list[tuple[str, str]]) -> None:
    with pytest.raises(CallbackRefused) as refused:
        returned(query)
    assert refused.value.code == "authorization_failed"


def test_tokens_are_asked_for_with_the_secret_in_the_body_and_refresh_tokens_stay() -> None:
    oauth = AMAZON.oauth
    exchange = oauth.exchange(APP, code="K", verifier="V", store=None)
    assert exchange.url == "https://api.amazon.com/auth/o2/token"
    assert exchange.form == {
        "grant_type": "authorization_code",
        "code": "K",
        "redirect_uri": APP.redirect_uri,
        "client_id": APP.client_id,
        "client_secret": "hidden",
    }
    refresh = oauth.refresh(APP, refresh_token="R", store=None)
    assert (refresh.form["grant_type"], refresh.form["client_secret"]) == ("refresh_token", "hidden")
    answer = oauth.tokens({"access_token": "T", "expires_in": 3600, "token_type": "bearer"}, keep="R")
    assert (answer.refresh_token, answer.access_for, answer.refresh_for) == ("R", timedelta(hours=1), None)
    assert oauth.consent_lifetime == timedelta(days=365)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        (" ", None),
        ("amazon.de", "www.amazon.de"),
        ("WWW.Amazon.co.uk", "www.amazon.co.uk"),
        (GERMANY.lower(), GERMANY),
    ],
)
def test_a_marketplace_may_be_named(given: str | None, kept: str | None) -> None:
    assert AMAZON.oauth.store(given) == kept


@pytest.mark.parametrize("given", ["https://amazon.de", "amazon.evil.example", "ebay.de", "amazon.de/x"])
def test_what_is_no_marketplace_of_amazon_is_refused(given: str) -> None:
    with pytest.raises(StoreRefused):
        AMAZON.oauth.store(given)


async def test_the_account_is_the_seller_of_the_callback_proved_by_a_read_under_its_id() -> None:
    shop = AmazonShop([item()])
    adapter, api = shop.api()
    account = await adapter.account(api)
    assert (account.id, account.name) == (SELLER, "Linen&Clay")
    assert account.url == f"https://www.amazon.de/sp?seller={SELLER}"
    assert shop.requests[-1].url.path.endswith(f"/items/{SELLER}")

    denied = {"errors": [{"code": "Unauthorized", "message": "Access is denied.", "details": ""}]}
    shop.intercept = lambda r, body: httpx.Response(403, json=denied) if "/items/" in r.url.path else body
    with pytest.raises(MissingScope, match="another seller"):
        await adapter.account(api)


ELSEWHERE: list[Any] = [
    participation("A1SIMULATED00", domainName="sim1.stores.amazon.de", name="Non-Amazon"),
    participation("A1RKKUPIHCS9HS", domainName="www.amazon.es", isParticipating=False),
    participation(),
    participation(FRANCE, domainName="www.amazon.fr", countryCode="FR", defaultLanguageCode="fr_FR"),
    {"marketplace": None},
    None,
]


async def test_settings_are_of_the_first_marketplace_where_shoppers_buy() -> None:
    shop = AmazonShop(participations=ELSEWHERE, store=None)
    adapter, api = shop.api()
    settings = await adapter.settings(api)
    assert (settings.store, settings.site, settings.currency, settings.locale) == (
        GERMANY,
        "www.amazon.de",
        "EUR",
        "de_DE",
    )
    assert settings.policies == {"other_marketplaces": "www.amazon.fr"}
    before = settings.settings_hash()
    shop.participations = [participation(hasSuspendedListings=True)]
    settings = await adapter.settings(api)
    assert settings.policies == {"listings_suspended": "yes, on www.amazon.de"}
    assert settings.settings_hash() != before


async def test_another_marketplace_is_read_when_it_was_named() -> None:
    for named in ("www.amazon.fr", FRANCE):
        adapter, api = AmazonShop(participations=ELSEWHERE, store=named).api()
        assert (await adapter.settings(api)).store == FRANCE
    adapter, api = AmazonShop(store="www.amazon.it").api()
    with pytest.raises(PermanentRefusal, match=r"on: www\.amazon\.de"):
        await adapter.settings(api)


async def test_a_seller_without_a_marketplace_cannot_be_connected() -> None:
    adapter, api = AmazonShop(participations=[], store=None).api()
    with pytest.raises(PermanentRefusal, match="no Amazon marketplace"):
        await adapter.account(api)


async def test_roles_are_proved_by_reads() -> None:
    shop = AmazonShop([item()])
    adapter, api = shop.api()
    assert await adapter.granted_scopes(api) == adapter.oauth.required_scopes == BOTH
    denied = httpx.Response(403, json={"errors": [{"code": "Unauthorized", "message": "", "details": ""}]})
    shop.intercept = lambda request, body: denied if "/items/" in request.url.path else body
    granted = await adapter.granted_scopes(api)
    assert adapter.missing_scopes(granted) == ("product_listing",)
    checks = {check.scope: check for check in await adapter.check(api)}
    assert [checks[name].works for name in BOTH] == [False, True]
    assert "lacks a role" in checks["product_listing"].detail


async def test_an_expired_token_is_replaced_once() -> None:
    shop = AmazonShop([item()], valid_token="t2")
    adapter, api = shop.api()
    await adapter.read(api, ["SKU-1"])
    assert shop.tokens.refusals == 1
    shop.valid_token = "t99"
    with pytest.raises(AccessExpired):
        await adapter.read(api, ["SKU-1"])
    assert shop.tokens.refusals == 2, "not in a loop"


def _errors(details: str | None, code: str = "Unauthorized") -> dict[str, Any]:
    return {
        "errors": [{"code": code, "message": "Access to requested resource is denied.", "details": details}]
    }


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, _errors("", "InternalFailure"), Temporary),
        (503, "not json", Temporary),
        (401, {}, AccessExpired),
        (403, EXPIRED, AccessExpired),
        (403, _errors("The access token you provided is revoked, malformed or invalid."), AccessExpired),
        (403, _errors(""), MissingScope),
        (403, _errors(None), MissingScope),
        (400, _errors("", "InvalidInput"), PermanentRefusal),
        (400, ["odd"], PermanentRefusal),
        (404, _errors("", "NOT_FOUND"), Gone),
        (301, {}, PermanentRefusal),
    ],
)
async def test_errors_have_a_class(status: int, body: Any, expected: type[Exception]) -> None:
    adapter, api = AmazonShop(intercept=lambda request, _: httpx.Response(status, json=body)).api()
    with pytest.raises(expected) as refused:
        await adapter.settings(api)
    assert "t1" not in str(refused.value)


def _answers(status: int, rate: str | None) -> Any:
    headers = {} if rate is None else {"x-amzn-RateLimit-Limit": rate}
    return lambda request, body: httpx.Response(status, json=body, headers=headers)


@pytest.mark.parametrize(
    ("rate", "seconds"), [("0.5", 2), ("0.016", 62.5), ("5.0", 0.2), (None, 1), ("soon", 1), ("0", 1)]
)
async def test_too_many_requests_says_until_when(rate: str | None, seconds: float) -> None:
    shop = AmazonShop(intercept=_answers(429, rate))
    adapter, api = shop.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.settings(api)
    assert refused.value.until == shop.now + timedelta(seconds=seconds)


async def test_what_is_known_to_be_refused_is_not_sent() -> None:
    shop = AmazonShop(intercept=_answers(429, "0.016"))
    adapter, api = shop.api()
    for _ in range(3):
        with pytest.raises(RateLimited):
            await adapter.settings(api)
    assert len(shop.requests) == 1


async def test_requests_are_spaced_by_the_plans_rate() -> None:
    shop = AmazonShop([item(n) for n in range(60)], intercept=_answers(200, "5.0"))
    adapter, api = shop.api()
    page = await adapter.page(api, None)
    await adapter.page(api, page.next_cursor)
    assert shop.waits == [0.2]


async def test_a_slow_plan_lives_on_its_burst() -> None:
    shop = AmazonShop(intercept=_answers(200, "0.016"))
    adapter, api = shop.api()
    await adapter.settings(api)
    await adapter.settings(api)
    assert shop.waits == []
