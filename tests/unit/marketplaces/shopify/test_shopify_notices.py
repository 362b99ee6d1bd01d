"""Shopify's webhooks: believed only when the client secret signed the very bytes."""

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from truestock.marketplaces.authorization import Application
from truestock.marketplaces.notices import Notice, NoticeKind, NoticeRefused
from truestock.marketplaces.shopify.notices import ShopifyNotices

SECRET = "made-up-client-secret"
SHOP = "harbour-and-thread.myshopify.com"
APP = Application("app", "https://truestock.test/cb", "a", "t", "u", client_secret=SECRET)
UNINSTALLED = {"id": 548380009, "name": "Harbour and Thread", "myshopify_domain": SHOP, "domain": "x.test"}


def headers(body: bytes, secret: str = SECRET, **changes: str) -> dict[str, str]:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    values = {
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Topic": "app/uninstalled",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    }
    return {**values, **{f"X-Shopify-{name.replace('_', '-')}": value for name, value in changes.items()}}


def asked(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"verifying needs nobody, and asked {request.url}")


async def read(told: dict[str, str], body: bytes, app: Application = APP) -> Notice:
    async with httpx.AsyncClient(transport=httpx.MockTransport(asked)) as http:
        return await ShopifyNotices().read(app, http, told, body)


def raw(content: Any = UNINSTALLED) -> bytes:
    return json.dumps(content).encode()


async def test_an_uninstalled_application_is_access_taken_back() -> None:
    body = raw()
    for told in (headers(body), {name.lower(): value for name, value in headers(body).items()}):
        assert await read(told, body) == Notice(
            "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
            NoticeKind.ACCESS_REVOKED,
            account_id="548380009",
            store=SHOP,
        )


async def test_a_shop_to_be_erased_is_an_account_that_is_gone() -> None:
    body = raw({"shop_id": 954889, "shop_domain": SHOP})
    notice = await read(headers(body, Topic="shop/redact"), body)
    assert (notice.kind, notice.account_id) == (NoticeKind.ACCOUNT_DELETED, "954889")


async def test_another_topic_changes_nothing() -> None:
    body = b"[1]"
    assert (await read(headers(body, Topic="products/update"), body)).kind is NoticeKind.OTHER


@pytest.mark.parametrize(
    "change",
    [
        {"Hmac_Sha256": ""},
        {"Hmac_Sha256": "AAAA"},
        {"Hmac_Sha256": "\u00e4"},
        {"Hmac_Sha256": "\ud800"},
    ],
)
async def test_a_wrong_signature_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(NoticeRefused, match="not signed") as refused:
        await read(headers(raw(), **change), raw())
    assert SECRET not in str(refused.value)


async def test_one_flipped_byte_is_refused() -> None:
    body = raw()
    told = headers(body)
    for place in range(len(body)):
        flipped = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        with pytest.raises(NoticeRefused, match="not signed"):
            await read(told, flipped)


async def test_a_signature_in_hexadecimal_or_of_another_secret_is_refused() -> None:
    body = raw()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    for told in (headers(body, Hmac_Sha256=digest), headers(body, "another secret")):
        with pytest.raises(NoticeRefused, match="not signed"):
            await read(told, body)


async def test_another_shops_name_in_the_unsigned_header_is_refused() -> None:
    body = raw()
    with pytest.raises(NoticeRefused, match="another shop"):
        await read(headers(body, Shop_Domain="victim.myshopify.com"), body)


@pytest.mark.parametrize("content", [{}, [], {"id": "548", "myshopify_domain": SHOP}, {"id": 5}, "x", None])
async def test_a_notice_that_names_no_shop_is_refused(content: Any) -> None:
    body = raw(content)
    with pytest.raises(NoticeRefused, match="which shop"):
        await read(headers(body), body)


async def test_a_body_that_is_not_json_or_has_no_id_is_refused() -> None:
    with pytest.raises(NoticeRefused, match="not JSON"):
        await read(headers(b"{"), b"{")
    with pytest.raises(NoticeRefused, match="no id"):
        await read(headers(raw(), Webhook_Id=""), raw())


async def test_without_the_secret_nothing_is_believed() -> None:
    body = raw()
    bare = Application("app", "https://truestock.test/cb", "a", "t", "u")
    with pytest.raises(NoticeRefused, match="secret is not set"):
        await read(headers(body, ""), body, bare)


def test_shopify_asks_for_no_proof_of_the_endpoint() -> None:
    assert ShopifyNotices().challenge(APP, [("challenge_code", "x")], "https://truestock.test/hook") is None
