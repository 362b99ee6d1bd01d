"""One trace per listing from its reading to its verdict, linked to its batch, that to the confirmation."""

import pytest
from support.journey import Business, catalogue, product
from support.traces import Span, Spans, in_trace, linked_traces, named, step, the
from support.validating import MUG
from support.waiting import eventually

from truestock.local.stack import Stack

LAMP = product("lamp", ("", "LAMP", 3, "80.00"))
IMPORTED, SEEDED, VALIDATED = (
    "importer.listing-imported.v1",
    "inventory.inventory-seeded.v1",
    "validator.sync-validated.v1",
)
READ = ("importer", "import listing", "")
SEED = ("inventory", f"process {IMPORTED}", "inventory.seed-from-listing")
VALIDATE = ("validator", f"process {SEEDED}", "validator.validate-sync")
SENT = {
    IMPORTED: ("importer", f"send {IMPORTED}", ""),
    SEEDED: ("inventory", f"send {SEEDED}", ""),
    VALIDATED: ("validator", f"send {VALIDATED}", ""),
}
FOLLOWS = {
    (READ, SENT[IMPORTED]),
    (SENT[IMPORTED], SEED),
    (SEED, SENT[SEEDED]),
    (SENT[SEEDED], VALIDATE),
    (SENT[SEEDED], ("importer", f"process {SEEDED}", "importer.track-outcomes")),
    (VALIDATE, ("validator", "read listing live", "")),
    (VALIDATE, SENT[VALIDATED]),
    (SENT[VALIDATED], ("importer", f"process {VALIDATED}", "importer.track-verdicts")),
    (SENT[VALIDATED], ("inventory", f"process {VALIDATED}", "inventory.apply-verdicts")),
}
"""Each step and what follows from it: through the outbox, over Kafka, over HTTP."""
WAY = {READ, *(effect for _, effect in FOLLOWS)}


@pytest.fixture
def spans(stack: Stack) -> Spans:
    """The spans of this test."""
    return Spans(stack)


async def way_of(spans: Spans, batch_id: str, listing_id: str) -> list[Span]:
    """The spans of the listing's trace once all steps of the way have ended; its root first."""

    def complete() -> list[Span]:
        root = the(spans(), "import listing", batch_id=batch_id, listing_id=listing_id)
        mine = in_trace(spans(), root["trace_id"])
        missing = WAY - {step(span) for span in mine}
        assert not missing, missing
        known = {span["span_id"] for span in mine}
        assert [span for span in mine if span["parent_id"] not in known] == [root], "it hangs together"
        return [root, *(span for span in mine if span is not root)]

    return await eventually(complete, message=f"the trace of listing {listing_id} is not complete")


async def test_one_trace_follows_a_listing_from_its_reading_to_its_verdict(
    business: Business, spans: Spans
) -> None:
    seller = await business.seller(catalogue(MUG, LAMP))
    connection = await business.connect(seller)
    batch = await business.import_(connection, "sample")
    ids = [await seller.listing_id(title) for title in ("Mug", "Lamp")]

    ways = [await way_of(spans, batch.batch_id, listing_id) for listing_id in ids]

    roots = [way[0] for way in ways]
    assert len({root["trace_id"] for root in roots}) == 2, "a trace of its own for each listing"
    for way in ways:
        by_id = {span["span_id"]: span for span in way}
        follows = {(step(by_id[span["parent_id"]]), step(span)) for span in way[1:]}
        assert follows >= FOLLOWS, FOLLOWS - follows

    read = [named(way, "read listing live")[0] for way in ways]
    assert {span["kind"] for span in read} == {"client"}

    def leased() -> bool:
        """The trace of the request that read live shows whose token it leased."""
        requests = [span for one in read for trace in linked_traces(one) for span in in_trace(spans(), trace)]
        routes = {span["attributes"].get("http.route") for span in requests if step(span)[0] == "connector"}
        assert routes == {"/internal/v1/connections/{connection_id}/lease"}
        return True

    await eventually(leased)


async def test_the_listing_is_linked_to_its_batch_and_the_batch_to_the_confirmation(
    business: Business, spans: Spans
) -> None:
    seller = await business.seller(catalogue(MUG))
    connection = await business.connect(seller)
    sample = await business.import_(connection, "sample")
    await business.approve(sample)
    bulk = await business.import_(connection, "bulk")
    listing_id = await seller.listing_id("Mug")
    [root, *_] = await way_of(spans, sample.batch_id, listing_id)

    [batch_trace] = linked_traces(root)

    def in_batch() -> dict[str, Span]:
        found = {span["name"]: span for span in in_trace(spans(), batch_trace)}
        assert {"POST /v1/batches", "import batch sample", "read batch"} <= set(found)
        return found

    start = (await eventually(in_batch))["import batch sample"]
    assert root["links"] == [{"trace_id": batch_trace, "span_id": start["span_id"]}]

    [confirmation] = linked_traces(start)

    def confirmed() -> bool:
        steps = {step(span) for span in in_trace(spans(), confirmation)}
        assert ("connector", "POST /v1/attempts/{attempt_id}/confirm", "") in steps
        assert ("importer", "process connector.connection.v1", "importer.follow-connections") in steps
        return True

    await eventually(confirmed)

    # A bulk is linked to the same confirmation; what it read unchanged has no way of its own.
    def bulk_started() -> bool:
        starts = named(spans(), "import batch bulk")
        assert [linked_traces(span) for span in starts] == [{confirmation}]
        return True

    await eventually(bulk_started)
    assert not named(spans(), "import listing", batch_id=bulk.batch_id)


async def test_a_validation_after_an_edit_stays_in_the_trace_of_the_edit(
    business: Business, spans: Spans
) -> None:
    seller = await business.seller(catalogue(MUG))
    connection = await business.connect(seller)
    await business.import_(connection, "sample")
    item = await business.item("Mug")
    edited = await business.call(
        "inventory",
        "PATCH",
        f"/v1/items/{item.item_id}",
        {"title": "Blue mug", "reason": "its name"},
        revision=item.revision,
    )
    assert edited.status_code == 200, edited.text
    trace = edited.headers["traceparent"].split("-")[1]
    expected = {
        ("inventory", "PATCH /v1/items/{item_id}", ""),
        ("inventory", "send inventory.item.v1", ""),
        ("validator", "process inventory.item.v1", "validator.revalidate-changed"),
        ("validator", "read listing live", ""),
        ("validator", f"send {VALIDATED}", ""),
        ("importer", f"process {VALIDATED}", "importer.track-verdicts"),
        ("inventory", f"process {VALIDATED}", "inventory.apply-verdicts"),
    }

    def complete() -> bool:
        missing = expected - {step(span) for span in in_trace(spans(), trace)}
        assert not missing, missing
        return True

    await eventually(complete, message="the trace of the edit is not complete")
