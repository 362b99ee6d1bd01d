"""Etsy's account and scopes, its rate-limit headers and its words for errors."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.etsy_shop import EtsyShop

from truestock.marketplaces.interface import (
    Gone,
    MissingScope,
    PermanentRefusal,
    RateLimited,
    Temporary,
)


async def test_the_account_is_the_shop_and_its_settings_are_read_live() -> None:
    shop = EtsyShop(
        shop={
            "languages": ["de-DE"],
            "shipping_from_country_iso": "DE",
            "policy_refunds": "<b>30 days</b>",
            "url": "https://www.etsy.com/shop/x",
        }
    )
    adapter, api = shop.api()
    account = await adapter.account(api)
    assert (account.id, account.name, account.url) == (
        "10000001",
        "Linen&Clay",
        "https://www.etsy.com/shop/x",
    )
    settings = await adapter.settings(api)
    assert (settings.currency, settings.locale, settings.locations[0].id) == ("EUR", "de-DE", "DE")
    assert settings.policies == {"refunds": "30 days"}
    before = settings.settings_hash()
    assert (await adapter.settings(api)).settings_hash() == before
    shop.shop["currency_code"] = "SEK"
    assert (await adapter.settings(api)).settings_hash() != before


async def test_a_user_without_a_shop_cannot_be_connected() -> None:
    adapter, api = EtsyShop(intercept=lambda request, body: {"user_id": 77}).api()
    with pytest.raises(PermanentRefusal, match="no shop"):
        await adapter.account(api)


async def test_scopes_are_asked_for_and_missing_ones_named() -> None:
    adapter, api = EtsyShop().api()
    granted = await adapter.granted_scopes(api)
    assert granted == ("listings_r", "shops_r")
    assert adapter.missing_scopes(granted) == ()
    assert adapter.missing_scopes(["shops_r", "email_r"]) == ("listings_r",)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, {"error": "x"}, Temporary),
        (503, "not json", Temporary),
        (403, {"error": "insufficient_scope", "error_description": "needs listings_r"}, MissingScope),
        (403, {"error": "forbidden"}, PermanentRefusal),
        (400, {"error": "Invalid value"}, PermanentRefusal),
        (400, ["odd"], PermanentRefusal),
        (401, {"error": "Invalid API key"}, PermanentRefusal),
        (404, {"error": "Resource not found"}, Gone),
        (301, {}, PermanentRefusal),
    ],
)
async def test_errors_have_a_class(status: int, body: Any, expected: type[Exception]) -> None:
    adapter, api = EtsyShop(intercept=lambda request, _: httpx.Response(status, json=body)).api()
    with pytest.raises(expected) as refused:
        await adapter.settings(api)
    assert "t1" not in str(refused.value)


def _limited(headers: dict[str, str], status: int = 429) -> Any:
    return lambda request, body: httpx.Response(status, json=body, headers=headers)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "Sun, 01 Mar 2026 09:10:00 GMT"}, 600),
        ({"x-remaining-today": "0"}, 900),
        ({}, 1),
        ({"retry-after": "soon"}, 1),
    ],
)
async def test_too_many_requests_says_until_when(headers: dict[str, str], seconds: float) -> None:
    shop = EtsyShop(intercept=_limited(headers))
    adapter, api = shop.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.settings(api)
    assert refused.value.until == shop.now + timedelta(seconds=seconds)
    assert refused.value.retry_after(shop.now) == seconds


async def test_a_short_pause_is_waited_out() -> None:
    shop = EtsyShop(intercept=_limited({"x-remaining-this-second": "0"}, 200))
    adapter, api = shop.api()
    await adapter.settings(api)
    await adapter.settings(api)
    assert shop.waits == [1.0]
