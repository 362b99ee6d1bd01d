"""A later import never writes stock and never overwrites what inventory owns."""

from support.journey import Business, catalogue, product, quantities
from support.refusals import refused
from support.waiting import eventually

MUG = product("mug", ("", "MUG", 3, "12.50"))
SHIRT = product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00"))


async def test_a_reimport_changes_neither_stock_nor_owned_fields_and_proposes(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, SHIRT))
    connection, _, bulk = await business.journey(seller)
    assert (bulk.state, bulk.progress.unchanged) == ("completed", 2)

    mug = await business.item("Mug")
    inventory = business.operator.inventory
    sold = await inventory.move(
        mug.item_id, mug.variants[0].variant_id, "sale", -1, revision=mug.revision, reason="sold at the fair"
    )
    await inventory.edit(mug.item_id, {"title": "Blue mug"}, revision=sold.revision, reason="its real name")
    before = await business.items()
    summary = await inventory.summary()
    listing = await seller.listing_id("Mug")
    await seller.edit(listing, title="Mug, dishwasher safe", quantity=9, price="14.00")

    again = await business.import_(connection, "bulk")
    assert again.outcomes["proposed"] == 1
    assert (again.progress.read, again.progress.emitted, again.progress.unchanged) == (2, 1, 1)

    after = await business.items()
    assert [(one.item_id, one.title, quantities(one)) for one in after] == [
        (one.item_id, one.title, quantities(one)) for one in before
    ]
    assert [one.variants for one in after] == [one.variants for one in before]
    [proposal] = [one async for one in inventory.proposals()]
    assert proposal.item_id == mug.item_id
    assert {key.rsplit(".", 1)[-1] for key in proposal.fields} == {"title", "price", "quantity"}
    now = await inventory.summary()
    assert (
        (now.items, now.variants, now.stock) == (summary.items, summary.variants, summary.stock) == (2, 3, 5)
    )
    kinds = [one.kind async for one in inventory.movements(mug.item_id)]
    assert kinds == ["opening", "sale"]

    title = next(key for key in proposal.fields if key == "title")
    await inventory.decide_proposal(
        proposal.proposal_id, accept_fields=[title], revision=proposal.revision, reason="a better title"
    )
    taken = await inventory.item(mug.item_id)
    assert (taken.title, quantities(taken)) == ("Mug, dishwasher safe", [2])
    assert taken.variants[0].price == mug.variants[0].price
    await refused(
        inventory.decide_proposal(
            proposal.proposal_id, accept_fields=[], revision=proposal.revision, reason="again"
        ),
        "stale_revision",
        412,
    )


async def test_an_unchanged_reimport_emits_nothing_and_inherits(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, SHIRT))
    connection, _, _ = await business.journey(seller)
    before = await business.items()
    again = await business.import_(connection, "bulk")
    assert (again.progress.read, again.progress.emitted, again.progress.unchanged) == (2, 0, 2)
    assert again.state == "completed"
    assert sum(again.verdicts.values()) == 2
    assert await business.items() == before


async def test_renumbered_variants_keep_their_identity(business: Business) -> None:
    seller = await business.seller(
        catalogue(SHIRT, product("poster", ("A3", "", 4, "15.00"), ("A2", "", 6, "25.00"), option="Format"))
    )
    connection, _, _ = await business.journey(seller)
    before = await business.items()
    shown = {variant["product_id"] for one in await seller.listings() for variant in one["variants"]}
    await seller.fault("renumber_variants")
    renumbered = {variant["product_id"] for one in await seller.listings() for variant in one["variants"]}
    assert not shown & renumbered

    again = await business.import_(connection, "bulk")
    assert again.progress.emitted == 2, "the listings were matched again, not skipped"
    assert (again.state, again.outcomes) == ("completed", {"unchanged": 2})
    after = await business.items()
    assert [one.variants for one in after] == [one.variants for one in before]
    assert (await business.operator.inventory.summary()).open_proposals == 0


async def test_unknown_stock_stays_unknown_until_it_is_counted(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, product("print", ("", "PRINT", None, "8.00"))))
    connection, _, _ = await business.journey(seller)
    inventory = business.operator.inventory
    item = await business.item("Print")
    assert quantities(item) == [None]
    summary = await inventory.summary()
    assert (summary.stock, summary.unknown_stock) == (3, 1)
    variant = item.variants[0].variant_id
    await refused(
        inventory.move(item.item_id, variant, "sale", -1, revision=item.revision, reason="sold one"),
        "stock_unknown",
    )
    await seller.edit(await seller.listing_id("Print"), quantity=7)
    await business.import_(connection, "bulk")
    assert quantities(await business.item("Print")) == [None]

    await inventory.count({variant: 6}, reason="counted the drawer")
    assert quantities(await business.item("Print")) == [6]
    await seller.edit(await seller.listing_id("Print"), quantity=None)
    await business.import_(connection, "bulk")
    assert quantities(await business.item("Print")) == [6]


async def test_the_last_piece_is_not_sold_twice(business: Business) -> None:
    seller = await business.seller(catalogue(product("lamp", ("", "LAMP", 1, "80.00"))))
    connection = await business.connect(seller)
    await business.import_(connection, "sample")
    inventory = business.operator.inventory
    lamp = await business.item("Lamp")
    variant = lamp.variants[0].variant_id
    sold = await inventory.move(
        lamp.item_id, variant, "sale", -1, revision=lamp.revision, reason="sold in the shop"
    )
    refusal = await refused(
        inventory.move(lamp.item_id, variant, "sale", -1, revision=sold.revision, reason="sold at the fair"),
        "negative_stock",
    )
    assert refusal.extras["on_hand"] == 0
    assert quantities(await business.item("Lamp")) == [0]
    assert [one.kind async for one in inventory.movements(lamp.item_id)] == ["opening", "sale"]

    listing = await seller.listing_id("Lamp")

    async def pending() -> bool:
        verdict = await business.operator.validator.verdict(connection.connection_id, listing)
        return ("stock.quantity", "pending_publish") in {
            (one.check, one.finding_class) for one in verdict.findings
        }

    await eventually(pending, message="the sale does not wait to be published")
