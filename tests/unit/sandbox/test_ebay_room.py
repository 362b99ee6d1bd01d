"""The sandbox's eBay: consent with a RuName, tokens that stay, limits that are told, signed notices."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from support.catalogue_reading import read_all
from support.ebay_seller import APP, CALLBACK, EbaySeller, told

from truestock.marketplaces.ebay.notices import EbayNotices
from truestock.marketplaces.ebay.oauth import OAUTH
from truestock.marketplaces.interface import (
    AccessExpired,
    MissingScope,
    PartialRead,
    RateLimited,
    Temporary,
)
from truestock.marketplaces.notices import NoticeKind, NoticeRefused

SCOPE = "https://api.ebay.com/oauth/api_scope"
USER_LIMITS = "/ebay/developer/analytics/v1_beta/user_rate_limit/"


@pytest.fixture
async def seller() -> AsyncIterator[EbaySeller]:
    async with EbaySeller() as seller:
        yield seller


async def test_the_runame_leads_to_the_registered_callback(seller: EbaySeller) -> None:
    asked = await seller.consent()
    assert (asked.status_code, "eBay" in asked.text) == (200, True)
    answer = await seller.consent(login="main")
    assert answer.headers["location"].startswith(CALLBACK)
    assert told(answer)["state"] == "state-1"
    assert told(await seller.consent(deny="1"))["error"] == "access_denied"
    assert (await seller.consent(login="main", redirect_uri="Some_Other-RuName")).status_code == 400


async def test_a_refresh_token_stays_and_is_told_once(seller: EbaySeller) -> None:
    first = await seller.tokens()
    assert (first["expires_in"], first["refresh_token_expires_in"]) == (7200, 47_304_000)
    again = await seller.send(OAUTH.refresh(APP, refresh_token=first["refresh_token"], store=None))
    assert set(again.json()) == {"access_token", "expires_in", "token_type"}
    kept = OAUTH.tokens(again.json(), keep=first["refresh_token"])
    assert kept.refresh_token == first["refresh_token"]
    assert kept.access_token != first["access_token"]


async def test_the_client_authenticates_with_basic_and_nothing_else(seller: EbaySeller) -> None:
    tokens = await seller.tokens()
    request = OAUTH.refresh(
        replace(APP, client_secret="wrong"), refresh_token=tokens["refresh_token"], store=None
    )
    assert (await seller.send(request)).status_code == 401
    form = {**request.form, "client_id": APP.client_id, "client_secret": APP.client_secret}
    assert (await seller.http.post(request.url, data=form)).status_code in (400, 401)


async def test_accounts_and_settings(seller: EbaySeller) -> None:
    adapter, api = await seller.api("second")
    account = await adapter.account(api)
    known = await seller.control("GET", "/accounts/ebay:second")
    assert (account.id, account.name) == (known["account"], known["shop_name"])
    settings = await adapter.settings(api)
    assert (settings.currency, settings.site) == ("EUR", "ebay.de")
    assert [place.id for place in settings.locations] == ["main"]


async def test_a_reduced_grant_is_found(seller: EbaySeller) -> None:
    adapter, api = await seller.api(grant_scopes=f"{SCOPE}/commerce.identity.readonly")
    assert adapter.missing_scopes(await adapter.granted_scopes(api)) == (f"{SCOPE}/sell.inventory.readonly",)
    with pytest.raises(MissingScope):
        await adapter.page(api, None)


async def test_used_up_calls_are_told_with_the_time_of_the_reset(seller: EbaySeller) -> None:
    adapter, api = await seller.api()
    await adapter.page(api, None)
    await seller.control("POST", "/settings?marketplace=ebay", {"per_day": 3})
    with pytest.raises(RateLimited) as refused:
        await adapter.page(api, None)
    limits = (await seller.http.get(USER_LIMITS, headers=await _token(seller))).json()
    rate = limits["rateLimits"][0]["resources"][0]["rates"][0]
    assert rate["remaining"] == 0
    assert refused.value.until.isoformat(timespec="milliseconds").startswith(rate["reset"][:-1])


async def _token(seller: EbaySeller) -> dict[str, str]:
    return {"authorization": f"Bearer {(await seller.tokens())['access_token']}"}


async def test_the_applications_limits_want_its_own_token(seller: EbaySeller) -> None:
    address = "/ebay/developer/analytics/v1_beta/rate_limit/"
    assert (await seller.http.get(address, headers=await _token(seller))).status_code == 403
    granted = await seller.send(OAUTH.client_credentials(APP))
    headers = {"authorization": f"Bearer {granted.json()['access_token']}"}
    assert "refresh_token" not in granted.json()
    assert (await seller.http.get(address, headers=headers)).status_code == 200
    assert (
        await seller.http.get("/ebay/sell/inventory/v1/inventory_item", headers=headers)
    ).status_code == 403


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "server_error"}, Temporary),
        ({"kind": "truncate_page", "path": "inventory_item"}, PartialRead),
        ({"kind": "wrong_total", "path": "inventory_item"}, PartialRead),
        ({"kind": "truncate_page", "path": "api.dll"}, PartialRead),
        ({"kind": "wrong_total", "path": "api.dll"}, PartialRead),
        ({"kind": "server_error", "path": "api.dll"}, Temporary),
        ({"kind": "rate_limited", "path": "offer", "retry_after": 90}, RateLimited),
        ({"kind": "rate_limited", "path": "api.dll", "retry_after": 90}, RateLimited),
    ],
)
async def test_faults_reach_the_adapter(
    seller: EbaySeller, fault: dict[str, object], expected: type[Exception]
) -> None:
    adapter, api = await seller.api()
    await seller.control("POST", "/faults", {**fault, "account": "ebay:main", "times": None})
    with pytest.raises(expected):
        await read_all(adapter, api)


async def test_expired_and_revoked_tokens(seller: EbaySeller) -> None:
    adapter, api = await seller.api()
    tokens = await seller.tokens()
    await seller.control("POST", "/faults", {"kind": "expire_access", "account": "ebay:main"})
    with pytest.raises(AccessExpired):
        await adapter.page(api, None)
    request = OAUTH.refresh(APP, refresh_token=tokens["refresh_token"], store=None)
    assert (await seller.send(request)).status_code == 200
    await seller.control("POST", "/faults", {"kind": "revoke", "account": "ebay:main"})
    answer = await seller.send(request)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("kind", "told_kind"),
    [("close_account", NoticeKind.ACCOUNT_DELETED), ("uninstall", NoticeKind.ACCESS_REVOKED)],
)
async def test_notices_are_signed_with_the_key_that_the_api_tells(
    seller: EbaySeller, kind: str, told_kind: NoticeKind
) -> None:
    await seller.tokens()
    await seller.control("POST", "/faults", {"kind": kind, "account": "ebay:main"})
    (post,) = seller.posts
    notice = await EbayNotices().read(APP, seller.http, post.headers, post.content)
    known = await seller.control("GET", "/accounts/ebay:main")
    assert (notice.kind, notice.account_id) == (told_kind, known["account"])
    with pytest.raises(NoticeRefused):
        await EbayNotices().read(APP, seller.http, post.headers, post.content + b" ")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<GetItemRequest xmlns="urn:ebay:apis:eBLBaseComponents"><ItemID>1</ItemID></GetItemRequest>',
        b'<GetOrdersRequest xmlns="urn:ebay:apis:eBLBaseComponents"/>',
    ],
)
async def test_the_trading_api_refuses_in_xml_with_a_success_status(
    seller: EbaySeller, document: bytes
) -> None:
    token = (await seller.tokens())["access_token"]
    headers = {"x-ebay-api-iaf-token": token, "x-ebay-api-call-name": "GetItem"}
    answer: httpx.Response = await seller.http.post("/ebay/ws/api.dll", content=document, headers=headers)
    assert answer.status_code == 200
    assert b"<Ack>Failure</Ack>" in answer.content


async def test_skus_of_inventory_items_stay_and_others_can_be_edited(seller: EbaySeller) -> None:
    known = (await seller.control("GET", "/accounts/ebay:main/listings?limit=1000"))["listings"]
    for by_hand in (True, False):
        listing = next(
            one for one in known if one["listing_id"].isdigit() is by_hand and one["variants"][0]["sku"]
        )
        path = f"/accounts/ebay:main/listings/{listing['listing_id']}/edits"
        changed = await seller.control("POST", path, {"sku": "NEW-SKU"})
        assert (changed["variants"][0]["sku"] == "NEW-SKU") is by_hand
