"""Which attempt may start: one at a time, in sequence, highest priority first."""

from support.journey import Business, catalogue, product
from support.refusals import refused

MUG = catalogue(product("mug", ("", "MUG", 3, "12.50")))
SHIRT = catalogue(product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00")))


async def test_a_second_connect_is_refused_while_one_waits_and_names_it(business: Business) -> None:
    connector = business.operator.connector
    started = await connector.start("etsy")

    refusal = await refused(business.operator2.connector.start("etsy"), "attempt_under_way")
    assert refusal.extras["attempt_id"] == started.attempt_id
    assert refusal.extras["marketplace"] == "etsy"
    assert f"operator@{business.workspace}" in refusal.detail

    back = await business.authorize(await business.seller(MUG), started)
    refusal = await refused(business.operator2.connector.start("etsy"), "attempt_under_way")
    assert refusal.extras["state"] == "awaiting_confirmation"

    await connector.reject(back.attempt_id, reason="not the shop that was meant", revision=back.revision)
    assert (await business.operator2.connector.start("etsy")).state == "started"


async def test_the_same_operator_starting_the_same_marketplace_again_supersedes(business: Business) -> None:
    connector = business.operator.connector
    first = await connector.start("etsy")
    second = await connector.start("etsy")
    assert (await connector.attempt(first.attempt_id)).state == "superseded"
    assert (await connector.attempt(second.attempt_id)).state == "started"


async def test_the_next_connect_waits_for_the_approved_sample_of_the_first(business: Business) -> None:
    first, second = await business.seller(MUG), await business.seller(SHIRT)
    connection = await business.connect(first)

    refusal = await refused(business.operator.connector.start("etsy"), "sample_not_approved")
    assert refusal.extras["connection_id"] == connection.connection_id
    assert connection.account.name in refusal.detail

    sample = await business.import_(connection, "sample")
    await refused(business.operator.connector.start("etsy"), "sample_not_approved")

    await business.approve(sample)
    await business.sample_known(connection)
    assert (await business.connect(second)).account.id == second.account_id


async def test_skip_sequence_with_a_reason_passes(business: Business) -> None:
    first, second = await business.seller(MUG), await business.seller(SHIRT)
    await business.connect(first)
    attempt = await business.operator.connector.start("etsy", skip_sequence_reason="it closes on Friday")
    connection = await business.confirm(await business.authorize(second, attempt))
    assert connection.state == "active"


async def test_reauthorizing_is_exempt_from_the_sequence(business: Business) -> None:
    connection = await business.connect(await business.seller(MUG))
    attempt = await business.operator.connector.reauthorize(connection.connection_id)
    assert (attempt.purpose, attempt.state) == ("reauthorize", "started")


async def test_out_of_priority_order_is_refused_and_names_the_next_one(business: Business) -> None:
    connector = business.operator.connector
    policies = await connector.policies()
    await business.admin.connector.set_priority(["ebay", "etsy"], revision=policies.revision)

    refusal = await refused(connector.start("etsy"), "priority_order")
    assert refusal.extras["next"] == "ebay"
    assert "ebay" in refusal.remedy
    assert [one async for one in connector.attempts()] == []

    attempt = await connector.start("etsy", skip_priority_reason="the eBay account is not open yet")
    assert attempt.state == "started"


async def test_the_priority_order_is_changed_on_the_revision_that_was_seen(business: Business) -> None:
    seen = (await business.operator.connector.policies()).revision
    await business.operator.connector.set_priority(["etsy", "ebay"], revision=seen)
    stale = business.operator2.connector.set_priority(["ebay", "etsy"], revision=seen)
    await refused(stale, "stale_revision", 412)
    assert (await business.viewer.connector.policies()).priority == ("etsy", "ebay")
