"""The right account, as it was shown, with everything it needs."""

import httpx
from support.journey import Business, catalogue, product
from support.refusals import refused

from truestock.local.stack import Stack

MUG = catalogue(product("mug", ("", "MUG", 3, "12.50")))


async def test_another_account_than_the_expected_one_is_not_confirmed(business: Business) -> None:
    expected, other = await business.seller(MUG), await business.seller(MUG)
    attempt = await business.operator.connector.start("etsy", expected_id=expected.account_id)
    back = await business.authorize(other, attempt)
    assert back.account_matches is False
    assert back.account is not None
    assert back.account.id == other.account_id

    refusal = await refused(business.confirm(back), "account_mismatch")
    assert refusal.extras == {"expected_id": expected.account_id, "account_id": other.account_id}
    assert [one async for one in business.operator.connector.connections()] == []

    connection = await business.confirm(back, accept_mismatch_reason="the shop moved to this account")
    assert connection.account.id == other.account_id
    [confirmed] = [one async for one in business.operator.connector.audit(connection.connection_id)]
    assert confirmed.who == f"operator@{business.workspace}"
    assert confirmed.reason == "the shop moved to this account"


async def test_the_expected_account_needs_no_reason(business: Business) -> None:
    seller = await business.seller(MUG)
    attempt = await business.operator.connector.start("etsy", expected_id=seller.account_id)
    back = await business.authorize(seller, attempt)
    assert back.account_matches is True
    assert (await business.confirm(back)).state == "active"


async def test_confirmation_repeats_the_account_that_was_shown(business: Business) -> None:
    seller = await business.seller(MUG)
    back = await business.authorize(seller, await business.operator.connector.start("etsy"))
    confirm = business.operator.connector.confirm(
        back.attempt_id, account_id="4711", settings_hash=back.settings_hash or "", revision=back.revision
    )
    refusal = await refused(confirm, "account_differs")
    assert refusal.extras["account_id"] == seller.account_id


async def test_changed_settings_are_refused_and_shown_anew(business: Business) -> None:
    seller = await business.seller(MUG)
    back = await business.authorize(seller, await business.operator.connector.start("etsy"))
    assert (back.settings or {})["currency"] == "USD"
    await seller.change(currency="EUR")

    refusal = await refused(business.confirm(back), "settings_changed")
    assert refusal.extras["settings"]["currency"] == "EUR"
    assert refusal.extras["settings_hash"] != back.settings_hash
    assert [one async for one in business.operator.connector.connections()] == []

    shown = await business.operator.connector.attempt(back.attempt_id)
    assert (shown.state, (shown.settings or {})["currency"]) == ("awaiting_confirmation", "EUR")
    connection = await business.confirm(shown)
    assert (connection.settings or {})["currency"] == "EUR"


async def test_an_account_of_another_workspace_is_refused(
    business: Business, stack: Stack, http: httpx.AsyncClient
) -> None:
    seller = await business.seller(MUG)
    mine = await business.connect(seller)

    elsewhere = await Business.open(stack, http)
    attempt = await elsewhere.operator.connector.start("etsy")
    refusal = await refused(
        elsewhere.confirm(await elsewhere.authorize(seller, attempt)), "account_owned_elsewhere"
    )
    assert str(business.workspace) not in str(refusal)
    assert [one async for one in elsewhere.operator.connector.connections()] == []
    assert (await business.operator.connector.connection(mine.connection_id)).state == "active"


async def test_an_account_is_not_connected_twice_in_one_workspace(business: Business) -> None:
    seller = await business.seller(MUG)
    connection = await business.connect(seller)
    attempt = await business.operator.connector.start("etsy", skip_sequence_reason="a second shop")
    refusal = await refused(business.confirm(await business.authorize(seller, attempt)), "already_connected")
    assert refusal.extras["connection_id"] == connection.connection_id


async def test_a_missing_scope_is_found_at_connect_time_by_name(business: Business) -> None:
    seller = await business.seller(MUG)
    started = await business.operator.connector.start("etsy")
    back = await business.authorize(seller, started, grant_scopes="shops_r")

    assert back.state == "failed"
    assert back.missing_scopes == ("listings_r",)
    assert back.failure is not None
    assert back.failure.code == "missing_scopes"
    assert "listings_r" in back.failure.detail
    confirm = business.operator.connector.confirm(
        back.attempt_id, account_id=seller.account_id, settings_hash="0" * 16, revision=back.revision
    )
    await refused(confirm, "attempt_not_awaiting_confirmation")
    assert (await business.connect(seller)).granted_scopes == ("listings_r", "shops_r")
