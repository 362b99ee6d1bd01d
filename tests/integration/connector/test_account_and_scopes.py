"""The account behind a connection and what it may read are looked at, not believed."""

import pytest
from support.connector_rows import ACCESS, REFRESH, Rows
from support.connector_sellers import connected, custody, etsy_tokens, new_seller
from support.connector_world import Operator

SCOPES = "listings_r shops_r"
MARKETPLACES = ("etsy", "ebay", "shopify", "woocommerce", "amazon")


async def test_access_that_leads_to_another_account_is_handed_to_nobody(olga: Operator, rows: Rows) -> None:
    seller, connection_id = await connected(olga, "etsy")
    other = await new_seller(olga, "etsy")
    theirs = await etsy_tokens(olga, other, SCOPES)
    place = await rows.place(connection_id, REFRESH)
    await rows.put_sealed(connection_id, REFRESH, await custody().seal(theirs["refresh_token"], place))
    refused = await olga.lease(connection_id, refused=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "reauthorization_required")
    assert f"leads to account {other.account}" in refused.json()["detail"]
    assert await rows.secrets(connection_id) == 0
    shown = await olga.get(f"/v1/connections/{connection_id}")
    assert (shown["state"], shown["account"]["id"]) == ("reauthorization_required", seller.account)
    wrong = await olga.reauthorize(connection_id, other.login)
    assert wrong.status_code == 400
    assert await olga.state(connection_id) == "reauthorization_required"
    assert "works again" in (await olga.reauthorize(connection_id, seller.login)).text


@pytest.mark.parametrize("marketplace", MARKETPLACES)
async def test_a_check_makes_one_read_per_scope(marketplace: str, olga: Operator) -> None:
    _, connection_id = await connected(olga, marketplace)
    answer = await olga.call("POST", f"/v1/connections/{connection_id}/check")
    assert answer.status_code == 200, answer.text
    served = (await olga.get("/v1/marketplaces"))["items"]
    [required] = [one["required_scopes"] for one in served if one["marketplace"] == marketplace]
    checks = answer.json()["checks"]
    assert sorted(check["scope"] for check in checks) == sorted(required)
    assert {(check["works"], check["detail"]) for check in checks} == {(True, "works")}


async def test_a_scope_that_was_taken_back_is_named(olga: Operator, rows: Rows) -> None:
    seller, connection_id = await connected(olga, "etsy")
    narrowed = await etsy_tokens(olga, seller, "shops_r")
    place = await rows.place(connection_id, ACCESS)
    await rows.put_sealed(connection_id, ACCESS, await custody().seal(narrowed["access_token"], place))
    answer = await olga.call("POST", f"/v1/connections/{connection_id}/check")
    assert (answer.status_code, answer.json()["code"]) == (409, "missing_scopes")
    assert answer.json()["missing_scopes"] == ["listings_r"]
    assert "Reauthorize" in answer.json()["remedy"]
    assert narrowed["access_token"] not in answer.text
