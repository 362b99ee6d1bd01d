"""When a batch may start: after an approved sample, and after the batch before it."""

from support.journey import Business, catalogue, product
from support.refusals import refused
from support.waiting import eventually

from truestock.client.models.importer import Batch

SHOP = catalogue(
    product("mug", ("", "MUG", 3, "12.50")),
    product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00")),
)


async def test_a_bulk_needs_an_approved_sample(business: Business) -> None:
    connection = await business.connect(await business.seller(SHOP))
    importer = business.operator.importer

    refusal = await refused(importer.start(connection.connection_id, "bulk"), "bulk_needs_approved_sample")
    assert refusal.extras["gate"] == "no_sample"
    gate = await importer.gate(connection.connection_id)
    assert (gate.bulk_allowed, gate.code) == (False, "no_sample")
    assert [one async for one in importer.batches(connection_id=connection.connection_id)] == []

    approved = await business.approve(await business.import_(connection, "sample"))
    gate = await importer.gate(connection.connection_id)
    assert (gate.bulk_allowed, gate.sample_batch_id) == (True, approved.batch_id)
    assert (await business.import_(connection, "bulk")).state == "completed"


async def test_a_rejected_sample_keeps_the_gate_closed(business: Business) -> None:
    connection = await business.connect(await business.seller(SHOP))
    importer = business.operator.importer
    sample = await business.import_(connection, "sample")
    rejected = await importer.reject(
        sample.batch_id, revision=sample.revision, reason="the titles are not ours"
    )
    assert rejected.state == "rejected"
    refusal = await refused(importer.start(connection.connection_id, "bulk"), "bulk_needs_approved_sample")
    assert refusal.extras == {"gate": "sample_rejected", "sample_batch_id": sample.batch_id}


async def test_the_newest_decided_sample_counts(business: Business) -> None:
    connection = await business.connect(await business.seller(SHOP))
    importer = business.operator.importer
    await business.approve(await business.import_(connection, "sample"))
    second = await business.import_(connection, "sample")
    assert (await importer.gate(connection.connection_id)).bulk_allowed
    await importer.reject(second.batch_id, revision=second.revision, reason="look at it again")
    assert not (await importer.gate(connection.connection_id)).bulk_allowed


async def test_a_batch_while_another_is_unfinished_says_what_is_open_and_what_to_do(
    business: Business,
) -> None:
    connection = await business.connect(await business.seller(SHOP))
    importer = business.operator.importer
    sample = await business.import_(connection, "sample")

    for kind in ("sample", "bulk"):
        refusal = await refused(
            business.operator2.importer.start(connection.connection_id, kind), "batch_unfinished"
        )
        assert refusal.extras["batch_id"] == sample.batch_id
        assert refusal.extras["state"] == "awaiting_review"
        assert (refusal.extras["closed"], refusal.extras["open"]) == (2, 0)
        assert refusal.extras["options"] == ["approve", "reject"]
        assert "approve" in refusal.remedy
    assert len([one async for one in importer.batches(connection_id=connection.connection_id)]) == 1

    await importer.reject(sample.batch_id, revision=sample.revision, reason="start over with all")
    assert (await business.import_(connection, "sample")).number == 2


async def test_a_batch_that_is_being_read_holds_off_the_next_one(business: Business) -> None:
    seller = await business.seller(SHOP)
    connection = await business.connect(seller)
    importer = business.operator.importer
    await seller.fault("server_error", times=None, path="/listings")
    running = await importer.start(connection.connection_id, "sample")

    async def reading() -> Batch | None:
        seen = await importer.batch(running.batch_id)
        return seen if seen.state == "reading" else None

    seen = await eventually(reading)
    refusal = await refused(importer.start(connection.connection_id, "sample"), "batch_unfinished")
    assert refusal.extras["batch_id"] == running.batch_id
    assert {"pause", "cancel"} <= set(refusal.extras["options"])

    await importer.decide(running.batch_id, "cancel", revision=seen.revision, reason="Etsy is down")
    assert (await business.finished(running)).state == "cancelled"
    await seller.heal()
    assert (await business.import_(connection, "sample")).state == "awaiting_review"
