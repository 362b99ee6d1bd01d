"""A sample and a bulk from start to end."""

from support.importer_world import World

from truestock.contracts.events import (
    BatchKind,
    ImportBatchClosed,
    ImportBatchDecided,
    ImportBatchRead,
    ImportBatchStarted,
    ListingImported,
    OpenIssue,
    Verdict,
)
from truestock.importer.domain.batch import BatchState


async def test_a_sample_is_read_processed_and_offered_for_review(world: World) -> None:
    batch_id = await world.begin_batch(size=3)
    assert (await world.batch(batch_id)).state is BatchState.QUEUED
    assert await world.worker.turn()

    events = await world.published()
    assert [type(event) for event in events] == [
        ImportBatchStarted,
        *[ListingImported] * 3,
        ImportBatchRead,
    ]
    assert [e.version for e in events if isinstance(e, ImportBatchStarted | ImportBatchRead)] == [1, 2]
    assert (await world.batch(batch_id)).state is BatchState.PROCESSING
    imported = [event for event in events if isinstance(event, ListingImported)]
    assert {event.sequence for event in imported} == {1}
    assert imported[0].currency == "EUR"
    assert imported[0].evidence.listing_id == imported[0].listing.listing_id

    await world.answer(imported, Verdict.PASSED_WITH_WARNINGS)
    view = await world.view(batch_id)
    assert view.batch.state is BatchState.AWAITING_REVIEW
    assert (view.progress.read, view.progress.closed, view.progress.open) == (3, 3, 0)
    assert view.progress.outcomes == {"created": 3}
    assert view.progress.verdicts == {"passed_with_warnings": 3}
    assert {entry.stratum: entry.in_catalogue for entry in view.coverage}["without_variants"] == 5


async def test_an_approved_sample_opens_the_gate_and_a_bulk_completes(world: World) -> None:
    sample = await world.begin_batch()
    await world.worker.turn()
    await world.answer(await world.imported())
    assert not (await world.look.gate(world.workspace_id, world.connection_id)).bulk_allowed
    await world.decide.approve(world.actor, sample, (await world.batch(sample)).revision, "looks right")
    decided, closed = await world.published()
    assert isinstance(decided, ImportBatchDecided)
    assert (decided.decision, decided.account_id, decided.mapping_version) == ("approved", "shop-1", "etsy-1")
    assert isinstance(closed, ImportBatchClosed)
    assert closed.state == "approved"
    assert (await world.look.gate(world.workspace_id, world.connection_id)).bulk_allowed

    bulk = await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    imported = await world.imported()
    progress = (await world.view(bulk)).progress
    assert (progress.read, progress.emitted, progress.unchanged, progress.open) == (5, 2, 3, 2)
    await world.answer(imported)
    view = await world.view(bulk)
    assert view.batch.state is BatchState.COMPLETED
    assert view.progress.outcomes == {"created": 5}
    assert ("batch.approve", "looks right") in await world.audited()


async def test_a_bulk_with_a_failed_listing_completes_with_findings(world: World) -> None:
    await world.approved_sample()
    bulk = await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    first, second = await world.imported()
    await world.answer([first])
    await world.answer([second], Verdict.FAILED, (OpenIssue.HELD,))
    assert (await world.batch(bulk)).state is BatchState.COMPLETED_WITH_FINDINGS
    closed = (await world.published())[-1]
    assert isinstance(closed, ImportBatchClosed)
    assert closed.verdicts == {"passed": 4, "failed": 1}
