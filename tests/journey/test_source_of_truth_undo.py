"""Undo restores exactly what was there before; what people touched stays theirs."""

from support.journey import Business, catalogue, product, quantities
from support.refusals import refused
from support.waiting import eventually

MUG = product("mug", ("", "MUG", 3, "12.50"))
SHIRT = product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00"))
BOWLS = tuple(product(f"bowl-{number}", ("", f"BOWL-{number}", 2, "15.00")) for number in range(3))


async def test_an_undone_bulk_leaves_what_the_sample_had_seeded(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, SHIRT, *BOWLS))
    connection = await business.connect(seller)
    sample = await business.approve(await business.import_(connection, "sample", size=2))
    before, totals = await business.items(), await business.operator.inventory.summary()
    assert len(before) == 2

    bulk = await business.import_(connection, "bulk")
    stock = {one.item_id: [each or 0 for each in quantities(one)] for one in await business.items()}
    assert len(stock) == 5
    importer, inventory = business.operator.importer, business.operator.inventory
    preview = await importer.undo_preview(bulk.batch_id)
    assert (len(preview.archive), len(preview.unlink)) == (3, 0)
    assert len(await business.items()) == 5, "a preview changes nothing"

    await refused(
        business.operator2.importer.undo(bulk.batch_id, revision=bulk.revision - 1, reason="stale"),
        "stale_revision",
        412,
    )
    undone = await importer.undo(bulk.batch_id, revision=bulk.revision, reason="the price column is wrong")
    assert undone.undone_by
    assert await business.items() == before
    assert await inventory.summary() == totals
    archived = [one async for one in inventory.items(state="archived")]
    assert {one.item_id for one in archived} == set(preview.archive)
    for one in archived:
        pieces = stock[one.item_id]
        ledger = inventory.movements(one.item_id)
        moves = sorted([(each.kind, each.quantity) async for each in ledger], key=str)
        openings = [("opening", each) for each in pieces]
        assert moves == sorted([*openings, *(("reversal", -each) for each in pieces)], key=str)
    await refused(
        importer.undo(bulk.batch_id, revision=undone.revision, reason="once more"), "already_undone"
    )

    assert (await importer.gate(connection.connection_id)).sample_batch_id == sample.batch_id
    again = await business.import_(connection, "bulk")
    assert (again.progress.emitted, again.outcomes["created"]) == (3, 5)
    fresh = await business.items()
    assert len(fresh) == 5
    assert not {one.item_id for one in fresh} & set(preview.archive), "seeded afresh"
    assert [one for one in fresh if one.item_id in {each.item_id for each in before}] == before


async def test_an_undone_sample_closes_the_gate_and_unlinks_what_was_touched(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, SHIRT))
    connection = await business.connect(seller)
    sample = await business.approve(await business.import_(connection, "sample"))
    inventory, importer = business.operator.inventory, business.operator.importer
    mug = await business.item("Mug")
    await inventory.move(
        mug.item_id, mug.variants[0].variant_id, "receipt", 2, revision=mug.revision, reason="found two more"
    )
    preview = await importer.undo_preview(sample.batch_id)
    shirt = await business.item("Shirt")
    assert (preview.archive, preview.unlink) == ((shirt.item_id,), (mug.item_id,))

    await importer.undo(sample.batch_id, revision=sample.revision, reason="the wrong season")
    [left] = await business.items()
    assert (left.item_id, quantities(left), left.channel_listings) == (mug.item_id, [5], ())
    gate = await importer.gate(connection.connection_id)
    assert (gate.bulk_allowed, gate.code) == (False, "sample_undone")
    await refused(importer.start(connection.connection_id, "bulk"), "bulk_needs_approved_sample")

    second = await business.import_(connection, "sample")
    assert second.progress.emitted == 2
    titles = {one.title: one.item_id for one in await business.items()}
    assert titles["Shirt"] != shirt.item_id
    assert titles["Mug"] == mug.item_id, "the same SKU leads back to the item that stayed"
    assert quantities(await business.item("Mug")) == [5]


async def test_rejecting_a_sample_with_undo_takes_back_what_it_seeded(business: Business) -> None:
    connection = await business.connect(await business.seller(catalogue(MUG, SHIRT)))
    sample = await business.import_(connection, "sample")
    assert len(await business.items()) == 2
    rejected = await business.operator.importer.reject(
        sample.batch_id, revision=sample.revision, reason="mapped wrongly", undo=True
    )
    assert (rejected.state, bool(rejected.undone_at)) == ("rejected", True)
    assert await business.items() == []
    summary = await business.operator.inventory.summary()
    assert (summary.items, summary.stock, summary.held) == (0, 0, 0)

    validator = business.operator.validator

    async def withdrawn() -> bool:
        return (await validator.report(sample.batch_id)).verdicts == {"withdrawn": 2}

    await eventually(withdrawn, message="the verdicts of an undone sample still count")
    assert [one async for one in validator.verdicts()] == []
    assert [one async for one in validator.findings()] == []
