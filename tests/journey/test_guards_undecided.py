"""A sample is not approved while something in it is held, split or unverified."""

from typing import Any

from support.journey import Business, catalogue, product, quantities
from support.refusals import refused
from support.reviewing import approve, row, waits_for

MUG = product("mug", ("", "MUG", 3, "12.50"))


async def test_listings_that_share_a_sku_are_held_until_somebody_decides(business: Business) -> None:
    cups = [product("cup", ("", "CUP", 2, "9.00")), product("cup-again", ("", "CUP", 5, "9.50"))]
    seller = await business.seller(catalogue(MUG, *cups))
    sample = await business.import_(await business.connect(seller), "sample")
    await business.attest(sample)
    held = [one async for one in business.operator.inventory.held(batch_id=sample.batch_id)]
    assert {one.title for one in held} == {"Cup", "Cup Again"}
    await waits_for(business, sample, "blocker:held", "blocker:sku_duplicate")
    await refused(approve(business, sample), "approval_not_ready")

    decisions = [{"held_id": one.held_id, "revision": one.revision, "action": "create"} for one in held]
    done = await business.operator.inventory.decide_held(decisions, reason="two different cups")
    assert [one.outcome for one in done.results] == ["created", "created"], done
    assert (await business.approve(sample)).state == "approved"
    assert [quantities(one) for one in await business.items(q="cup")] == [[2], [5]]


async def test_a_held_listing_can_be_rejected(business: Business) -> None:
    cups = [product("cup", ("", "CUP", 2, "9.00")), product("cup-again", ("", "CUP", 5, "9.50"))]
    sample = await business.import_(await business.connect(await business.seller(catalogue(*cups))), "sample")
    held = [one async for one in business.operator.inventory.held(batch_id=sample.batch_id)]
    decisions = [
        {
            "held_id": one.held_id,
            "revision": one.revision,
            "action": "create" if one.title == "Cup" else "reject",
        }
        for one in held
    ]
    await business.operator.inventory.decide_held(decisions, reason="listed twice by mistake")
    assert [one.title for one in await business.items()] == ["Cup"]
    assert [one async for one in business.operator.inventory.held(batch_id=sample.batch_id)] == []
    revision = (await business.operator.importer.batch(sample.batch_id)).revision
    await business.attest(sample)
    rejected = await row(business, sample, "Cup Again")
    await business.operator.importer.exclude(
        sample.batch_id, [rejected.listing_id], revision=revision, reason="listed twice by mistake"
    )
    await waits_for(business, sample)


async def test_an_open_split_is_decided_and_adds_up(business: Business) -> None:
    scarf = product("scarf", ("", "SCARF", 5, "25.00"), body="Available in colours: red, green")
    seller = await business.seller(catalogue(MUG, scarf))
    sample = await business.import_(await business.connect(seller), "sample")
    await business.attest(sample)
    await waits_for(business, sample, "split_open")
    await refused(approve(business, sample), "approval_not_ready")
    waive = business.admin.importer.decide_listing(
        sample.batch_id,
        await seller.listing_id("Scarf"),
        "waive",
        revision=(await business.report(sample)).batch.revision,
        reason="whatever it is",
        code="variants_in_text",
    )
    await refused(waive, "not_waivable")

    inventory = business.operator.inventory
    [split] = [one async for one in inventory.splits(batch_id=sample.batch_id)]
    assert split.values == ("red", "green")
    decision: dict[str, Any] = {"accept": True, "revision": split.revision, "reason": "counted"}
    too_few = [{"value": "red", "quantity": 2}, {"value": "green", "quantity": 2}]
    await refused(
        inventory.decide_split(split.split_id, variants=too_few, **decision), "split_does_not_add_up"
    )
    assert quantities(await business.item("Scarf")) == [5]
    parts = [{"value": "red", "quantity": 2}, {"value": "green", "quantity": 3}]
    await inventory.decide_split(split.split_id, variants=parts, **decision)
    assert quantities(await business.item("Scarf")) == [2, 3]
    await waits_for(business, sample)
    assert (await approve(business, sample)).state == "approved"


async def test_an_unverifiable_verdict_needs_another_reading(business: Business) -> None:
    seller = await business.seller(catalogue(MUG))
    connection = await business.connect(seller)
    # The first batched read is the sample's own; the validator's live reads come after it.
    await seller.fault("server_error", times=None, path="/listings/batch", skip=1)
    sample = await business.import_(connection, "sample")
    assert sample.verdicts == {"unverifiable": 1}
    waiting = await business.waiting(sample)
    assert "unverifiable" in waiting
    await refused(approve(business, sample), "approval_not_ready")

    await seller.heal()
    again = await business.operator.validator.revalidate(sample.batch_id, reason="Etsy is back")
    assert again.listings == 1
    await waits_for(business, sample, "stock_unconfirmed")
    assert (await business.approve(sample)).state == "approved"
