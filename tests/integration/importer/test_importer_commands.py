"""Operators' commands: guarded, by revision, audited."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID, uuid4

import pytest
from support.deliveries import delivery
from support.importer_values import listing, note, validated
from support.importer_world import World

from truestock.contracts.events import (
    BatchDecision,
    BatchKind,
    ImportBatchDecided,
    ListingImported,
    OpenIssue,
    Verdict,
)
from truestock.contracts.listing import NoteCode
from truestock.contracts.problem import Refusal
from truestock.importer.domain.actor import Actor
from truestock.importer.domain.batch import BatchState

Reviewed = tuple[UUID, list[ListingImported]]


async def refused(code: str, awaited: Awaitable[object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await awaited
    assert caught.value.code == code
    return caught.value


@pytest.fixture
async def review(world: World) -> Reviewed:
    """(batch id, its events) of a sample of two that waits for review."""
    batch_id = await world.begin_batch(size=2)
    await world.worker.turn()
    events = await world.imported()
    await world.answer(events)
    return batch_id, events


async def seen(world: World, batch_id: UUID) -> int:
    return (await world.batch(batch_id)).revision


async def test_a_bulk_before_an_approved_sample_is_refused(world: World) -> None:
    refusal = await refused("bulk_needs_approved_sample", world.begin_batch(BatchKind.BULK))
    assert refusal.extras["gate"] == "no_sample"


async def test_a_batch_while_another_is_unfinished_is_refused(world: World, review: Reviewed) -> None:
    batch_id, _ = review
    refusal = await refused("batch_unfinished", world.begin_batch())
    assert refusal.extras["batch_id"] == str(batch_id)
    assert refusal.extras["options"] == ["approve", "reject"]


async def test_of_two_starts_at_the_same_time_one_wins(world: World) -> None:
    results = await asyncio.gather(world.begin_batch(), world.begin_batch(), return_exceptions=True)
    assert sorted(isinstance(result, Refusal) for result in results) == [False, True]


async def test_two_operators_deciding_the_same_sample(world: World, review: Reviewed) -> None:
    batch_id, _ = review
    revision = await seen(world, batch_id)
    results = await asyncio.gather(
        world.decide.approve(world.actor, batch_id, revision, None),
        world.decide.reject(world.actor, batch_id, revision, None),
        return_exceptions=True,
    )
    assert [error.code for error in results if isinstance(error, Refusal)] == ["stale_revision"]


async def test_an_approval_that_waits_for_something_is_refused_and_changes_nothing(
    world: World, review: Reviewed
) -> None:
    batch_id, events = review
    unconfirmed = validated(events[0], version=2, issues=(OpenIssue.STOCK_UNCONFIRMED,))
    await world.verdicts([delivery(unconfirmed)])
    revision = await seen(world, batch_id)
    refusal = await refused("approval_not_ready", world.decide.approve(world.actor, batch_id, revision, None))
    assert refusal.extras["waiting_for"][0]["listing_ids"] == [events[0].listing.listing_id]
    assert await seen(world, batch_id) == revision
    await world.verdicts([delivery(validated(events[0], version=3))])
    await world.decide.approve(world.actor, batch_id, revision, None)


async def test_a_rejected_sample_closes_the_gate(world: World, review: Reviewed) -> None:
    batch_id, _ = review
    await world.decide.reject(world.actor, batch_id, await seen(world, batch_id), "wrong currency")
    refusal = await refused("bulk_needs_approved_sample", world.begin_batch(BatchKind.BULK))
    assert refusal.extras["gate"] == "sample_rejected"


async def test_cancelling_drains_before_it_ends(world: World) -> None:
    batch_id = await world.begin_batch(size=2)
    await world.worker.turn()
    events = await world.imported()
    await world.decide.cancel(world.actor, batch_id, await seen(world, batch_id), "wrong shop")
    assert (await world.batch(batch_id)).state is BatchState.CANCELLING
    await world.answer(events)
    cancelled = await world.batch(batch_id)
    assert (cancelled.state, cancelled.reason) == (BatchState.CANCELLED, "wrong shop")


async def test_a_queued_batch_is_cancelled_at_once_and_never_read(world: World) -> None:
    batch_id = await world.begin_batch()
    await world.decide.cancel(world.actor, batch_id, await seen(world, batch_id), None)
    assert (await world.batch(batch_id)).state is BatchState.CANCELLED
    assert not await world.worker.turn()


async def test_a_stuck_listing_is_abandoned_and_then_in_the_way_of_approval(world: World) -> None:
    batch_id = await world.begin_batch(size=2)
    await world.worker.turn()
    first, stuck = await world.imported()
    await world.answer([first])
    stuck_id = stuck.listing.listing_id
    await world.decide_listing.abandon(world.actor, batch_id, await seen(world, batch_id), stuck_id, "lost")
    report = await world.report(batch_id)
    assert report.view.batch.state is BatchState.AWAITING_REVIEW
    assert [waiting.code for waiting in report.approval.waiting_for] == ["blocker:abandoned"]
    again = world.decide_listing.abandon(world.actor, batch_id, await seen(world, batch_id), stuck_id, "lost")
    await refused("listing_closed", again)


async def test_a_blocked_listing_is_excluded_and_the_coverage_recounted(world: World) -> None:
    world.catalogue.listings[0] = listing("1", photos=0, notes=(note(NoteCode.FIELD_DROPPED),))
    batch_id = await world.begin_batch(size=2)
    await world.worker.turn()
    await world.answer(await world.imported())
    revision = await seen(world, batch_id)
    await refused("approval_not_ready", world.decide.approve(world.actor, batch_id, revision, None))
    await world.decide_listing.exclude(world.actor, batch_id, revision, ["1"], "a test listing")
    view = await world.view(batch_id)
    assert {entry.stratum: entry.in_sample for entry in view.coverage}["no_photo"] == 0
    await world.decide.approve(world.actor, batch_id, view.batch.revision, None)
    assert ("listing.exclude", "a test listing") in await world.audited()


async def test_a_replaced_listing_gives_way_to_another_one(world: World, review: Reviewed) -> None:
    batch_id, events = review
    out = events[0].listing.listing_id
    revision = await seen(world, batch_id)
    other = await world.decide_listing.replace(world.actor, batch_id, revision, out, "not typical")
    assert (await world.batch(batch_id)).state is BatchState.READING
    await world.worker.turn()
    (imported,) = await world.imported()
    assert imported.listing.listing_id == other
    await world.answer([imported])
    report = await world.report(batch_id)
    assert report.view.batch.state is BatchState.AWAITING_REVIEW
    assert [row.listing_id for row in report.rows if row.excluded] == [out]
    assert report.approval.ready


async def test_only_an_admin_waives_and_only_what_is_open(world: World) -> None:
    world.catalogue.listings = [listing("1", notes=(note(NoteCode.FIELD_DROPPED),))]
    batch_id = await world.begin_batch(size=1)
    await world.worker.turn()
    await world.answer(await world.imported())
    revision = await seen(world, batch_id)
    operator = Actor(world.workspace_id, "user-2", "Bob")
    waive = world.decide_listing.waive
    await refused("admin_only", waive(operator, batch_id, revision, "1", "field_dropped", "fine"))
    await refused("no_such_blocker", waive(world.actor, batch_id, revision, "1", "held", "fine"))
    await waive(world.actor, batch_id, revision, "1", "field_dropped", "fine")
    assert (await world.rows(batch_id))["1"].waived["field_dropped"].by == "Ada"
    await world.decide.approve(world.actor, batch_id, await seen(world, batch_id), None)


async def test_an_unknown_listing_is_not_found(world: World, review: Reviewed) -> None:
    batch_id, _ = review
    revision = await seen(world, batch_id)
    await refused("not_found", world.decide_listing.exclude(world.actor, batch_id, revision, ["nope"], "why"))
    assert await seen(world, batch_id) == revision


async def test_undoing_a_sample_closes_the_gate_and_seeds_afresh(world: World) -> None:
    batch_id = await world.approved_sample()
    revision = await seen(world, batch_id)
    await refused("stale_revision", world.undo(world.actor, batch_id, revision - 1, "a mapping mistake"))
    assert world.inventory.performed == []
    result = await world.undo(world.actor, batch_id, revision, "a mapping mistake")
    assert (result.archive, world.inventory.performed) == (("item-1",), [batch_id])
    (event,) = await world.published()
    assert isinstance(event, ImportBatchDecided)
    assert event.decision is BatchDecision.UNDONE
    refusal = await refused("bulk_needs_approved_sample", world.begin_batch(BatchKind.BULK))
    assert refusal.extras["gate"] == "sample_undone"

    await world.begin_batch()
    await world.worker.turn()
    assert {event.sequence for event in await world.imported()} == {2}
    await refused("already_undone", world.undo(world.actor, batch_id, await seen(world, batch_id), "again"))


async def test_a_batch_under_way_is_not_undone(world: World) -> None:
    batch_id = await world.begin_batch()
    await refused(
        "batch_not_finished", world.undo(world.actor, batch_id, await seen(world, batch_id), "oops")
    )
    assert world.inventory.performed == []


async def test_approval_carries_over_to_a_mapping_that_changes_nothing_in_the_sample(world: World) -> None:
    sample = await world.approved_sample()
    world.mappings.current = "etsy-2"
    gate = await world.look.gate(world.workspace_id, world.connection_id)
    assert gate.bulk_allowed
    assert sorted(world.mappings.asked_about) == sorted(await world.rows(sample))
    world.mappings.equal = False
    gate = await world.look.gate(world.workspace_id, world.connection_id)
    assert (gate.bulk_allowed, gate.code) == (False, "mapping_changed")


async def test_another_workspace_sees_nothing(world: World, review: Reviewed) -> None:
    batch_id, _ = review
    stranger = Actor(uuid4(), "user-9", "Eve", admin=True)
    await refused("not_found", world.look.batch(stranger.workspace_id, batch_id))
    await refused("not_found", world.decide.reject(stranger, batch_id, 1, None))
    await refused("not_found", world.look.gate(stranger.workspace_id, world.connection_id))
    assert await world.look.batches(stranger.workspace_id, None, None, 10) == []
    start = world.start(stranger, world.connection_id, BatchKind.SAMPLE, size=1, seed=1, exclude=())
    await refused("not_found", start)


async def test_a_connection_that_is_not_known_yet_is_asked_for(world: World) -> None:
    fresh = uuid4()
    world.access.known[fresh] = "shop-1"
    batch_id = await world.start(world.actor, fresh, BatchKind.SAMPLE, size=1, seed=1, exclude=())
    assert (await world.batch(batch_id)).account_id == "shop-1"


async def test_verdicts_of_a_failed_listing_block_approval(world: World, review: Reviewed) -> None:
    batch_id, events = review
    await world.verdicts([delivery(validated(events[0], Verdict.UNVERIFIABLE, version=2))])
    report = await world.report(batch_id)
    assert [waiting.code for waiting in report.approval.waiting_for] == ["unverifiable"]
