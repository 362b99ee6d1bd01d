"""Two operators at the same time: one decides, the other is told; nothing happens twice."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from support.journey import Business, catalogue, product, quantities
from support.refusals import refused
from support.reviewing import waits_for
from support.waiting import eventually

from truestock.client.models.connector import Attempt, Connection
from truestock.contracts.problem import Refusal

MUG = product("mug", ("", "MUG", 3, "12.50"))
CUPS = (product("cup", ("", "CUP", 2, "9.00")), product("cup-again", ("", "CUP", 5, "9.50")))
SCARF = product("scarf", ("", "SCARF", 5, "25.00"), body="Available in colours: red, green")


async def once(*commands: Awaitable[Any], code: str = "stale_revision", status: int = 412) -> None:
    """Exactly one of these succeeds; the others are refused, because what they saw is no more."""
    results = await asyncio.gather(*commands, return_exceptions=True)
    refusals = [result for result in results if isinstance(result, BaseException)]
    assert len(refusals) == len(results) - 1, results
    for refusal in refusals:
        assert isinstance(refusal, Refusal), refusal
        assert (refusal.code, refusal.status) == (code, status), str(refusal)


async def test_two_operators_decide_the_same_things(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, *CUPS, SCARF))
    sample = await business.import_(await business.connect(seller), "sample")
    one, two = business.operator.inventory, business.operator2.inventory

    [split] = [each async for each in one.splits(batch_id=sample.batch_id)]
    parts = [{"value": "red", "quantity": 1}, {"value": "green", "quantity": 4}]
    await once(
        one.decide_split(
            split.split_id, accept=True, variants=parts, revision=split.revision, reason="counted"
        ),
        two.decide_split(split.split_id, accept=False, revision=split.revision, reason="one scarf"),
    )
    assert sum(pieces or 0 for pieces in quantities(await business.item("Scarf"))) == 5

    mug = await business.item("Mug")
    variant = mug.variants[0].variant_id
    await once(
        one.move(mug.item_id, variant, "sale", -1, revision=mug.revision, reason="sold at the fair"),
        two.move(mug.item_id, variant, "sale", -3, revision=mug.revision, reason="sold in the shop"),
    )
    assert quantities(await business.item("Mug")) in ([2], [0])

    held = [each async for each in one.held(batch_id=sample.batch_id)]
    first = [{"held_id": each.held_id, "revision": each.revision, "action": "create"} for each in held]
    results = await asyncio.gather(
        one.decide_held(first, reason="two cups"),
        two.decide_held([{**each, "action": "reject"} for each in first], reason="listed twice"),
    )
    for mine, other in zip(results[0].results, results[1].results, strict=True):
        [refusal] = [each.problem for each in (mine, other) if each.problem is not None]
        assert refusal["status"] == 412, refusal

    await business.attest(sample)

    async def decided() -> bool:
        return all(each.outcome != "held" for each in (await business.report(sample)).listings)

    await eventually(decided, message="the importer does not hear of the decisions")
    excluded = [
        each.listing_id for each in (await business.report(sample)).listings if each.outcome == "rejected"
    ]
    if excluded:
        revision = (await business.report(sample)).batch.revision
        await business.operator.importer.exclude(
            sample.batch_id, excluded, revision=revision, reason="listed twice"
        )
    await waits_for(business, sample)
    seen = (await business.report(sample)).batch.revision
    await once(
        business.operator.importer.decide(sample.batch_id, "approve", revision=seen, reason="good"),
        business.operator2.importer.reject(sample.batch_id, revision=seen, reason="not good"),
    )


async def test_two_operators_connect_at_once(business: Business) -> None:
    one, two = business.operator.connector, business.operator2.connector
    await once(one.start("etsy"), two.start("etsy"), code="attempt_under_way", status=409)
    assert [each.state async for each in one.attempts()] == ["started"]


async def test_two_operators_start_a_batch_at_once(business: Business) -> None:
    connection = await business.connect(await business.seller(catalogue(MUG)))
    one, two = business.operator.importer, business.operator2.importer
    await once(
        one.start(connection.connection_id, "sample"),
        two.start(connection.connection_id, "sample"),
        code="batch_unfinished",
        status=409,
    )
    assert [each.number async for each in one.batches(connection_id=connection.connection_id)] == [1]


async def test_two_operators_confirm_one_attempt(business: Business) -> None:
    seller = await business.seller(catalogue(MUG))
    back = await business.authorize(seller, await business.operator.connector.start("etsy"))
    answers = await asyncio.gather(business.confirm(back), confirm(business, back), return_exceptions=True)
    connections = [one async for one in business.operator.connector.connections()]
    assert len(connections) == 1
    confirmed = [one for one in answers if isinstance(one, Connection)]
    assert {one.connection_id for one in confirmed} == {connections[0].connection_id}
    for refusal in (one for one in answers if one not in confirmed):
        assert isinstance(refusal, Refusal), refusal
        assert refusal.status == 412


async def confirm(business: Business, attempt: Attempt) -> Connection:
    """The other operator confirms what the attempt shows."""
    assert attempt.account is not None
    return await business.operator2.connector.confirm(
        attempt.attempt_id,
        account_id=attempt.account.id,
        settings_hash=attempt.settings_hash or "",
        revision=attempt.revision,
    )


async def test_what_one_operator_rejected_the_other_does_not_confirm(business: Business) -> None:
    seller = await business.seller(catalogue(MUG))
    back = await business.authorize(seller, await business.operator.connector.start("etsy"))
    rejected = await business.operator2.connector.reject(
        back.attempt_id, reason="this is not our shop", revision=back.revision
    )
    assert rejected.state == "rejected"
    await refused(business.confirm(back), "stale_revision", 412)
    assert [one async for one in business.operator.connector.connections()] == []
