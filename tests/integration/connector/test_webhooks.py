"""Marketplaces tell that access is over: verified on the raw body, heard once, nothing else believed."""

import hashlib

import httpx
import pytest
from support.connector_events import told_until
from support.connector_notices import ebay_deletion, post_notice, shopify_headers, uninstalled
from support.connector_rows import Rows
from support.connector_sellers import connected
from support.connector_world import Operator
from support.waiting import eventually

from truestock.local.broker import Broker
from truestock.local.marketplaces import WEBHOOK_TOKEN

LOST = "reauthorization_required"


async def _becomes(olga: Operator, connection_id: str, state: str) -> None:
    async def is_so() -> bool:
        return await olga.state(connection_id) == state

    await eventually(is_so, message=f"the connection never was {state}")


async def test_a_shop_that_uninstalls_the_application_is_heard(
    olga: Operator, rows: Rows, broker: Broker
) -> None:
    seller, connection_id = await connected(olga, "shopify")
    await olga.fault("uninstall", seller.name)
    await _becomes(olga, connection_id, LOST)
    assert await rows.secrets(connection_id) == 0
    refused = await olga.lease(connection_id)
    assert (refused.status_code, refused.json()["code"]) == (409, LOST)
    assert await olga.refreshes(seller.account) == 0, "dead access is not tried"
    kinds = [kind for kind, _ in await told_until(broker.bootstrap, connection_id, _lost_event())]
    assert kinds == ["ConnectionConfirmed", _lost_event()]


def _lost_event() -> str:
    return "ConnectionReauthorizationRequired"


@pytest.mark.parametrize("forged", ["secret", "body", "signature missing", "id missing", "other shop"])
async def test_a_notice_that_shopify_did_not_sign_changes_nothing(forged: str, olga: Operator) -> None:
    seller, connection_id = await connected(olga, "shopify")
    body = uninstalled(seller)
    headers = shopify_headers(body, seller.store)
    match forged:
        case "secret":
            headers = shopify_headers(body, seller.store, secret="another")
        case "body":
            body += b" "
        case "signature missing":
            del headers["x-shopify-hmac-sha256"]
        case "id missing":
            del headers["x-shopify-webhook-id"]
        case _:
            # Signed for a shop of the sender's own: the header names the victim's.
            body = body.replace(str(seller.store).encode(), b"senders-own.myshopify.com")
            headers = shopify_headers(body, seller.store)
    answer = await post_notice(olga, "shopify", body, headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "notice_refused")
    assert await olga.state(connection_id) == "active"
    assert (await olga.lease(connection_id)).status_code == 200


async def test_a_notice_acts_once_whoever_sends_it_again(olga: Operator, broker: Broker) -> None:
    seller, connection_id = await connected(olga, "shopify")
    body = uninstalled(seller)
    headers = shopify_headers(body, seller.store)
    for _ in range(2):
        assert (await post_notice(olga, "shopify", body, headers)).status_code == 200
    assert await olga.state(connection_id) == LOST
    assert "works again" in (await olga.reauthorize(connection_id, seller.login)).text
    # The signature covers the body alone: the id can be made up by whoever has seen the notice.
    for again in (headers, shopify_headers(body, seller.store)):
        assert (await post_notice(olga, "shopify", body, again)).status_code == 200
        assert await olga.state(connection_id) == "active"
    await olga.disconnect(connection_id)
    told = await told_until(broker.bootstrap, connection_id, "ConnectionDisconnected")
    assert [kind for kind, _ in told] == [
        "ConnectionConfirmed",
        _lost_event(),
        "ConnectionRestored",
        _lost_event(),  # leaving uninstalls the application, which the shop tells as well
        "ConnectionDisconnected",
    ]


async def test_other_notices_and_nobodys_are_heard_without_effect(olga: Operator) -> None:
    seller, connection_id = await connected(olga, "shopify")
    body = uninstalled(seller)
    headers = {**shopify_headers(body, seller.store), "x-shopify-topic": "products/update"}
    assert (await post_notice(olga, "shopify", body, headers)).status_code == 200
    assert await olga.state(connection_id) == "active"
    for marketplace in ("etsy", "woocommerce", "temu"):
        assert (await post_notice(olga, marketplace, body, headers)).status_code == 401
    too_long = b"x" * 300_000
    answer = await post_notice(olga, "shopify", too_long, shopify_headers(too_long, seller.store))
    assert answer.status_code == 413


async def test_ebay_may_ask_whether_the_endpoint_is_ours(olga: Operator) -> None:
    endpoint = f"{olga.connector}/v1/webhooks/ebay"
    answer = await olga.http.get(endpoint, params={"challenge_code": "a1b2"})
    expected = hashlib.sha256(f"a1b2{WEBHOOK_TOKEN}{endpoint}".encode()).hexdigest()
    assert (answer.status_code, answer.json()) == (200, {"challengeResponse": expected})
    for path in ("ebay", "shopify?challenge_code=a1b2", "temu?challenge_code=a1b2"):
        unknown: httpx.Response = await olga.http.get(f"{olga.connector}/v1/webhooks/{path}")
        assert unknown.status_code == 404


async def test_an_account_that_ebay_deletes_is_disconnected_and_its_tokens_are_erased(
    olga: Operator, rows: Rows, broker: Broker
) -> None:
    seller, connection_id = await connected(olga, "ebay")
    forged = await post_notice(olga, "ebay", *ebay_deletion(seller))
    assert forged.status_code == 401
    assert (await post_notice(olga, "ebay", ebay_deletion(seller)[0], {})).status_code == 401
    assert await olga.state(connection_id) == "active"
    await olga.fault("close_account", seller.name)
    await _becomes(olga, connection_id, "disconnected")
    assert await rows.secrets(connection_id) == 0
    told = await told_until(broker.bootstrap, connection_id, "ConnectionDisconnected")
    assert "account was deleted" in told[-1][1]["reason"]
    trail = (await olga.get(f"/v1/connections/{connection_id}/audit"))["items"]
    assert [(line["action"], line["who"]) for line in trail][-1] == (
        "connection.disconnected",
        "truestock-connector",
    )


async def test_an_authorization_that_is_revoked_at_ebay_is_heard(olga: Operator) -> None:
    seller, connection_id = await connected(olga, "ebay")
    await olga.fault("uninstall", seller.name)
    await _becomes(olga, connection_id, LOST)


async def test_keys_that_a_store_deletes_in_silence_are_found_out(olga: Operator, rows: Rows) -> None:
    seller, connection_id = await connected(olga, "woocommerce")
    await olga.fault("revoke", seller.name)
    assert await olga.state(connection_id) == "active"
    await rows.look_now(connection_id)
    await _becomes(olga, connection_id, LOST)
    shown = await olga.get(f"/v1/connections/{connection_id}")
    assert "refused" in shown["reason"]
    assert await rows.secrets(connection_id) == 0
    assert "works again" in (await olga.reauthorize(connection_id, seller.login)).text
    assert await olga.state(connection_id) == "active"
