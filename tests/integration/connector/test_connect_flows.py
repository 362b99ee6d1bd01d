"""How each marketplace is connected and left, with its own way of coming back."""

import hashlib
import hmac
import time
from typing import Any

import httpx
import pytest
from support.connector_returned import Returned
from support.connector_rows import ACCESS, REFRESH, Rows
from support.connector_sellers import connected, custody, new_seller
from support.connector_world import Operator

from truestock.connector.custody import Sealed
from truestock.local.marketplaces import CLIENT_SECRET

MARKETPLACES = ("etsy", "ebay", "shopify", "woocommerce", "amazon")


async def _shown(olga: Operator, attempt: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    return shown


@pytest.mark.parametrize("marketplace", MARKETPLACES)
async def test_an_account_is_connected_and_its_access_can_be_leased(marketplace: str, olga: Operator) -> None:
    seller = await new_seller(olga, marketplace)
    attempt = await olga.start(**seller.asked())
    consent = await olga.opened(attempt["authorization_url"])
    assert ("code_challenge_method=S256" in consent) is (marketplace == "etsy"), "the only one with PKCE"
    page = await olga.consent(attempt["authorization_url"], seller.login)
    assert "not connected yet" in page.text
    shown = await _shown(olga, attempt)
    assert (shown["state"], shown["store"]) == ("awaiting_confirmation", seller.store)
    connection = (await olga.confirm(shown)).json()
    assert connection["account"]["id"] == seller.account
    if seller.store is not None:
        assert connection["settings"]["store"] == seller.store
    lease = await olga.lease(connection["connection_id"])
    assert (lease.status_code, lease.json()["account_id"]) == (200, seller.account)
    assert lease.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("marketplace", "store", "code"),
    [
        ("shopify", None, "store_missing"),
        ("shopify", "shop.example", "store_refused"),
        ("shopify", "evil.example/.myshopify.com", "store_refused"),
        ("shopify", "shop.myshopify.com.evil.example", "store_refused"),
        ("shopify", "127.0.0.1", "store_refused"),
        ("woocommerce", None, "store_missing"),
        ("woocommerce", "http://shop.example", "store_refused"),
        ("woocommerce", "https://user:secret@shop.example", "store_refused"),
        ("woocommerce", "file:///etc/passwd", "store_refused"),
        ("etsy", "shop.example", "store_refused"),
    ],
)
async def test_a_store_that_cannot_be_one_is_refused_at_once(
    marketplace: str, store: str | None, code: str, olga: Operator
) -> None:
    answer = await olga.call("POST", "/v1/attempts", {"marketplace": marketplace, "store": store})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["remedy"]
    assert (await olga.get("/v1/attempts"))["items"] == []


def _signed(query: dict[str, str]) -> dict[str, str]:
    """Shopify's signature over plain values."""
    message = "&".join(sorted(f"{name}={value}" for name, value in query.items() if name != "hmac"))
    return {
        **query,
        "hmac": hmac.new(CLIENT_SECRET.encode(), message.encode(), hashlib.sha256).hexdigest(),
    }


@pytest.mark.parametrize(
    ("forged", "code"),
    [
        ("hmac", "wrong_signature"),
        ("value", "wrong_signature"),
        ("shop", "wrong_store"),
        ("timestamp", "stale_callback"),
    ],
)
async def test_a_callback_that_shopify_did_not_sign_just_now_for_this_shop_makes_no_request(
    forged: str, code: str, olga: Operator
) -> None:
    seller = await new_seller(olga, "shopify")
    attempt = await olga.start(**seller.asked())
    callback = httpx.URL(await olga.decided(attempt["authorization_url"], seller.login))
    query = dict(callback.params)
    match forged:
        case "hmac":
            query["hmac"] = "0" * 64
        case "value":
            query["code"] += "x"
        case "shop":
            query = _signed({**query, "shop": "another.myshopify.com"})
        case _:
            query = _signed({**query, "timestamp": str(int(time.time()) - 300)})
    before = await olga.token_requests("authorization_code", marketplace="shopify")
    page = await olga.http.get(callback.copy_with(params=query))
    assert page.status_code == 400
    assert await olga.token_requests("authorization_code", marketplace="shopify") == before
    shown = await _shown(olga, attempt)
    assert (shown["state"], shown["failure"]["code"]) == ("failed", code)


@pytest.mark.parametrize(
    ("marketplace", "granted", "missing"),
    [
        ("shopify", "read_products,read_locations", ["read_inventory"]),
        ("woocommerce", "write", ["read"]),
    ],
)
async def test_what_a_seller_leaves_out_is_named(
    marketplace: str, granted: str, missing: list[str], olga: Operator, rows: Rows
) -> None:
    seller = await new_seller(olga, marketplace)
    attempt = await olga.start(**seller.asked())
    await olga.consent(attempt["authorization_url"], seller.login, grant_scopes=granted)
    shown = await _shown(olga, attempt)
    assert (shown["state"], shown["failure"]["code"]) == ("failed", "missing_scopes")
    assert shown["missing_scopes"] == missing
    assert await rows.secrets(attempt["attempt_id"]) == 0


async def test_amazons_unsigned_seller_id_counts_only_when_a_read_under_it_works(olga: Operator) -> None:
    seller, other = await new_seller(olga, "amazon"), await new_seller(olga, "amazon")
    attempt = await olga.start(**seller.asked())
    callback = httpx.URL(await olga.decided(attempt["authorization_url"], seller.login))
    assert callback.params["selling_partner_id"] == seller.account
    page = await olga.http.get(callback.copy_set_param("selling_partner_id", other.account))
    assert page.status_code == 400
    shown = await _shown(olga, attempt)
    assert (shown["state"], shown["account"]) == ("failed", None)


async def test_a_store_that_denies_makes_no_keys(olga: Operator) -> None:
    seller = await new_seller(olga, "woocommerce")
    attempt = await olga.start(**seller.asked())
    page = await olga.consent(attempt["authorization_url"], seller.login, deny="1")
    assert page.status_code == 400
    shown = await _shown(olga, attempt)
    assert (shown["state"], shown["failure"]["code"]) == ("denied", "access_denied")
    assert await olga.token_requests("keys", account=seller.account) == 0


def _keys(consent: str) -> dict[str, Any]:
    """What a store posts for the start that this consent page is for."""
    return {
        "key_id": 7,
        "user_id": httpx.URL(consent).params["user_id"],
        "consumer_key": f"ck_{'a' * 40}",
        "consumer_secret": f"cs_{'b' * 40}",
        "key_permissions": "read",
    }


async def test_keys_for_a_start_that_is_over_are_refused_so_that_the_store_deletes_them(
    olga: Operator, rows: Rows
) -> None:
    seller = await new_seller(olga, "woocommerce")
    attempt = await olga.start(**seller.asked())
    keys = _keys(await olga.opened(attempt["authorization_url"]))
    await rows.expire_attempt(attempt["attempt_id"])
    for _ in range(2):
        answer = await olga.http.post(f"{olga.connector}/v1/oauth/woocommerce/keys", json=keys)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_pending")
    assert (await _shown(olga, attempt))["state"] == "expired"
    assert await rows.secrets(attempt["attempt_id"]) == 0


async def test_keys_that_the_store_itself_does_not_know_are_not_taken(olga: Operator, rows: Rows) -> None:
    seller = await new_seller(olga, "woocommerce")
    attempt = await olga.start(**seller.asked())
    keys = _keys(await olga.opened(attempt["authorization_url"]))
    await olga.http.post(f"{olga.connector}/v1/oauth/woocommerce/keys", json=keys)
    shown = await _shown(olga, attempt)
    assert (shown["state"], shown["account"]) == ("failed", None)
    assert await rows.secrets(attempt["attempt_id"]) == 0


async def test_leaving_gives_the_grant_back_where_there_is_an_endpoint_for_it(
    olga: Operator, rows: Rows, returned: Returned
) -> None:
    _, connection_id = await connected(olga, "ebay")
    row, place = await rows.secret(connection_id, REFRESH), await rows.place(connection_id, REFRESH)
    token = await custody().open(Sealed(row["key_id"], row["wrapped_key"], row["ciphertext"]), place)
    await olga.disconnect(connection_id)
    assert {"token": token} in returned.forms
    assert "authorization: basic " in returned.heads[returned.forms.index({"token": token})].lower()
    await _is_left(olga, rows, connection_id, revoked=True)


async def test_leaving_shopify_uninstalls_the_application(olga: Operator, rows: Rows) -> None:
    _, connection_id = await connected(olga, "shopify")
    token = (await olga.lease(connection_id)).json()["access_token"]
    store = (await olga.get(f"/v1/connections/{connection_id}"))["settings"]["store"]
    graph = f"{olga.sandbox}/shopify/{store}/admin/api/2024-04/graphql.json"
    asked = {"query": "{ shop { id } }"}
    headers = {"x-shopify-access-token": token}
    assert (await olga.http.post(graph, json=asked, headers=headers)).status_code == 200
    await olga.disconnect(connection_id)
    assert (await olga.http.post(graph, json=asked, headers=headers)).status_code == 401
    await _is_left(olga, rows, connection_id, revoked=True)


@pytest.mark.parametrize("marketplace", ["etsy", "woocommerce", "amazon"])
async def test_leaving_erases_where_there_is_none(marketplace: str, olga: Operator, rows: Rows) -> None:
    _, connection_id = await connected(olga, marketplace)
    assert (await rows.secret(connection_id, ACCESS))["key_id"] == "test-1"
    await olga.disconnect(connection_id)
    await _is_left(olga, rows, connection_id, revoked=False)


async def _is_left(olga: Operator, rows: Rows, connection_id: str, *, revoked: bool) -> None:
    assert await rows.secrets(connection_id) == 0
    refused = await olga.lease(connection_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "disconnected")
    trail = (await olga.get(f"/v1/connections/{connection_id}/audit"))["items"]
    [left] = [line for line in trail if line["action"] == "connection.disconnected"]
    assert left["after"]["revoked"] is revoked
