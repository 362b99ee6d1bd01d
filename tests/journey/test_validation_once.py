"""Adjusting the internal record validates again by itself, exactly once; nothing else does."""

from support.journey import Business, product
from support.topics import events_of
from support.validating import MUG, Scene, validated
from support.waiting import eventually

from truestock.contracts.topics import SYNC_VALIDATED

LAMP = product("lamp", ("", "LAMP", 3, "80.00"))


async def versions(scene: Scene) -> list[int]:
    """The versions of all verdicts on the scene's listing that were ever announced."""
    bootstrap = scene.business.stack.broker.bootstrap
    where = {"connection_id": scene.connection.connection_id, "listing_id": scene.listing_id}
    return [event["version"] for event in await events_of(bootstrap, SYNC_VALIDATED.name, **where)]


async def test_each_adjustment_is_validated_exactly_once(business: Business) -> None:
    scene = await validated(business)
    before = scene.seen.version
    await scene.edit(title="Blue mug")
    await scene.next_verdict()
    await scene.move("sale", -1)
    await scene.next_verdict()
    await scene.reprice("14.50")
    await scene.next_verdict()
    # Announced as often as counted: none was given twice, none was left out.
    assert await versions(scene) == list(range(1, before + 4))


async def test_nothing_else_validates_again(business: Business) -> None:
    scene = await validated(business, MUG, LAMP)
    lamp = await business.item("Lamp")
    before = scene.seen.version

    await scene.on_marketplace(quantity=1, title="Another mug", price="99.00")
    assert scene.seller.account_id == scene.connection.account.id
    described = await scene.edit(description="Dishwasher safe.")  # what no check reads
    renamed = await scene.edit(title="Mug")  # what it is called already
    assert renamed.revision > described.revision
    await business.operator.inventory.edit(
        lamp.item_id, {"title": "Desk lamp"}, revision=lamp.revision, reason="another item"
    )

    # A later change of the lamp was validated, so everything before it was looked at.
    other = await scene.seller.listing_id("Lamp")

    async def desk_lamp_validated() -> bool:
        verdict = await business.operator.validator.verdict(scene.connection.connection_id, other)
        return verdict.title == "Desk lamp"

    await eventually(desk_lamp_validated, message="the lamp is not validated again")

    # The next adjustment of the mug is the next version: nothing came between.
    await scene.move("sale", -1)
    verdict = await scene.next_verdict()
    assert verdict.version == before + 1
    assert {(one.check, one.finding_class) for one in verdict.findings} == {
        ("stock.quantity", "conflict"),
        ("title.match", "drift"),
        ("price.intent", "drift"),
    }
    assert await versions(scene) == list(range(1, before + 2))


async def test_a_verdict_moves_the_samples_row_and_not_the_item(business: Business) -> None:
    """The newest verdict reaches the batch and the channel listing; the item's version does not loop."""
    scene = await validated(business)
    edited = await scene.edit(title="Blue mug")
    verdict = await scene.next_verdict()
    assert verdict.batch_id == scene.batch.batch_id

    async def row_has_it() -> bool:
        [row] = (await business.report(scene.batch)).listings
        return row.verdict == "passed_with_warnings"

    await eventually(row_has_it, message="the sample's row does not get the newest verdict")
    await scene.push_allowed(True)
    assert (await scene.item()).revision == edited.revision
