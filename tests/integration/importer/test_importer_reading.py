"""Reading: resumes after the last committed page, fails when truncated, waits when asked to."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from support.importer_values import T0, listing
from support.importer_world import World

from truestock.contracts.events import BatchKind, ImportBatchClosed, ListingImported
from truestock.contracts.listing import NoteCode
from truestock.importer.domain.batch import BatchState, Phase
from truestock.importer.usecases.catalogue import AccessDead, Interrupted, Throttled, Unavailable, Unreadable
from truestock.importer.usecases.reading.committing import Committing, Stopped
from truestock.importer.usecases.reading.read_batch import MOST_FAILURES

AN_HOUR_AHEAD = """
    UPDATE work SET wake_at = wake_at + interval '1 hour', leased_until = leased_until + interval '1 hour',
                    written_at = written_at + interval '1 hour'
"""
"""What stands there was written by a clock that has been put back since."""


@pytest.fixture
async def bulk(world: World) -> UUID:
    """A bulk that is queued; the sample before it had three of the five listings."""
    await world.approved_sample()
    return await world.begin_batch(BatchKind.BULK)


async def take_up_again(world: World) -> bool:
    """As if the pause until the next attempt were over."""
    await world.run_sql("UPDATE work SET wake_at = now()")
    return await world.worker.turn()


async def test_a_read_resumes_after_the_last_committed_page(world: World, bulk: UUID) -> None:
    world.catalogue.asked.clear()
    world.catalogue.problems["2"] = Unavailable("the marketplace answered 503")
    await world.worker.turn()
    batch = await world.batch(bulk)
    assert (batch.state, batch.cursor, batch.phase) == (BatchState.READING, "2", Phase.LIST)
    assert not await world.worker.turn()  # not before its pause is over

    assert await take_up_again(world)
    assert world.catalogue.asked == [None, "2", "2", "4"]
    assert len(await world.imported()) == 2
    assert (await world.batch(bulk)).reading_closed


async def test_a_bug_in_the_middle_of_a_page_leaves_nothing_of_that_page(world: World, bulk: UUID) -> None:
    world.catalogue.problems["2"] = KeyError("a bug")
    await world.worker.turn()
    assert (await world.view(bulk)).progress.read == 2
    await take_up_again(world)
    assert (await world.view(bulk)).progress.read == 5


async def test_a_truncated_read_fails_the_batch(world: World, bulk: UUID) -> None:
    world.catalogue.problems["4"] = Unreadable("partial_read", "5 declared, 4 sent")
    await world.worker.turn()
    batch = await world.batch(bulk)
    assert (batch.state, batch.reason) == (BatchState.FAILED, "partial_read: 5 declared, 4 sent")
    closed = [event for event in await world.published() if isinstance(event, ImportBatchClosed)]
    assert [event.state for event in closed] == ["failed"]
    assert not await take_up_again(world)


async def test_a_rate_limit_is_waited_for_as_the_marketplace_says(world: World, bulk: UUID) -> None:
    world.catalogue.problems[None] = Throttled("used up", T0 + timedelta(hours=1))
    await world.worker.turn()
    assert (await world.batch(bulk)).state is BatchState.READING
    assert not await world.worker.turn()
    async with world.database.begin([world.workspace_id]) as tx:
        pause = text("SELECT extract(epoch FROM wake_at - now()) FROM work")
        assert 3500 < float((await tx.connection.execute(pause)).scalar_one()) < 3600


async def test_a_marketplace_that_never_answers_fails_the_batch_in_the_end(world: World, bulk: UUID) -> None:
    for _ in range(MOST_FAILURES):
        world.catalogue.opened = Unavailable("no answer")
        assert await take_up_again(world)
    batch = await world.batch(bulk)
    assert (batch.state, batch.reason) == (BatchState.FAILED, "marketplace_unavailable: no answer")


async def test_a_bug_that_stays_fails_the_batch_at_its_ninth_turn(world: World, bulk: UUID) -> None:
    for _ in range(8):
        world.catalogue.problems[None] = KeyError("a bug")
        assert await take_up_again(world)
    assert (await world.batch(bulk)).state is BatchState.READING
    assert await take_up_again(world)
    batch = await world.batch(bulk)
    assert batch.state is BatchState.FAILED
    assert (batch.reason or "").startswith("internal_error: ")


async def test_a_service_of_ours_that_does_not_answer_never_fails_the_batch(world: World, bulk: UUID) -> None:
    for _ in range(MOST_FAILURES + 1):
        world.catalogue.opened = Interrupted("the connector did not answer")
        assert await take_up_again(world)
    assert (await world.batch(bulk)).state is BatchState.READING
    assert await take_up_again(world)
    assert len(await world.imported()) > 0


async def test_dead_access_lets_the_batch_wait_without_loops(world: World, bulk: UUID) -> None:
    world.catalogue.opened = AccessDead("the grant was revoked")
    await world.worker.turn()
    batch = await world.batch(bulk)
    assert (batch.state, batch.reason) == (BatchState.WAITING, "the grant was revoked")


async def test_another_account_is_never_read(world: World, bulk: UUID) -> None:
    world.catalogue.account_id = "shop-2"
    await world.worker.turn()
    assert (await world.batch(bulk)).state is BatchState.FAILED
    assert await world.imported() == []


async def test_a_worker_whose_claim_was_taken_over_cannot_commit(world: World, bulk: UUID) -> None:
    slow = await world.queue.claim("slow", lease_s=-1)  # its lease is over at once
    quick = await world.queue.claim("quick", lease_s=30)
    assert slow is not None
    assert quick is not None
    assert (slow.batch_id, quick.batch_id) == (bulk, bulk)
    assert quick.fence > slow.fence
    with pytest.raises(Stopped):
        async with Committing(world.begin, slow, world.now).holding():
            raise AssertionError
    await world.queue.release(slow, 0, attempts=0)  # changes nothing either
    assert await world.queue.claim("third", lease_s=30) is None
    assert await world.queue.renew(quick, 30)
    assert not await world.queue.renew(slow, 30)


async def test_a_batch_that_was_queued_by_a_clock_that_was_ahead_is_taken_up_again(
    world: World, bulk: UUID
) -> None:
    claimed = await world.queue.claim("reader", lease_s=30)
    assert claimed is not None
    await world.run_sql("UPDATE work SET wake_at = now() + interval '1 hour'")  # as the clock said then
    await world.queue.release(claimed, 0, attempts=0)
    assert await world.queue.claim("next", lease_s=30) is not None


async def test_a_wait_that_a_clock_began_which_was_ahead_is_over_when_the_clock_is_right_again(
    world: World, bulk: UUID
) -> None:
    claimed = await world.queue.claim("reader", lease_s=30)
    assert claimed is not None
    await world.queue.release(claimed, 60, attempts=1)
    assert await world.queue.claim("next", lease_s=30) is None
    await world.run_sql(AN_HOUR_AHEAD)
    assert await world.queue.claim("next", lease_s=30) is not None


async def test_a_lease_that_a_clock_gave_which_was_ahead_is_over_too(world: World, bulk: UUID) -> None:
    dead = await world.queue.claim("dead", lease_s=30)
    assert dead is not None
    assert await world.queue.claim("next", lease_s=30) is None
    await world.run_sql(AN_HOUR_AHEAD)
    claimed = await world.queue.claim("next", lease_s=30)
    assert claimed is not None
    assert claimed.fence > dead.fence


async def test_pages_that_overlap_count_a_listing_once(world: World) -> None:
    await world.approved_sample()
    world.catalogue.listings.insert(3, world.catalogue.listings[1])
    bulk = await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    assert (await world.view(bulk)).progress.read == 5


async def test_changed_content_is_sent_again_with_the_next_sequence(world: World, bulk: UUID) -> None:
    changed = min(await world.rows(await first_batch(world)))
    for place, one in enumerate(world.catalogue.listings):
        if one.listing_id == changed:
            world.catalogue.listings[place] = listing(changed, skus=(f"S-{changed}",), price="99.00")
    await world.worker.turn()
    sequences = {event.listing.listing_id: event.sequence for event in await world.imported()}
    assert sequences.pop(changed) == 2
    assert set(sequences.values()) == {1}


async def first_batch(world: World) -> UUID:
    views = await world.look.batches(world.workspace_id, world.connection_id, None, 10)
    return views[-1].batch.batch_id


async def test_pausing_stops_after_the_page_under_way_and_resuming_goes_on(world: World, bulk: UUID) -> None:
    batch = await world.batch(bulk)
    await world.decide.pause(world.actor, bulk, batch.revision, "lunch")
    assert not await world.worker.turn()
    paused = await world.batch(bulk)
    assert paused.state is BatchState.PAUSED
    await world.decide.resume(world.actor, bulk, paused.revision, None)
    assert await world.worker.turn()
    assert (await world.batch(bulk)).state is BatchState.PROCESSING


async def test_a_sample_scans_everything_and_imports_only_what_it_picked(world: World) -> None:
    batch_id = await world.begin_batch(size=2)
    await world.worker.turn()
    assert world.catalogue.asked == [None, "2", "4"]
    imported = await world.imported()
    assert len(imported) == 2
    assert (await world.view(batch_id)).progress.total == 2


async def test_the_same_seed_picks_the_same_sample(world: World) -> None:
    picked = []
    for seed in (7, 7):
        batch_id = await world.begin_batch(size=2, seed=seed)
        await world.worker.turn()
        picked.append(set(await world.rows(batch_id)))
        await world.answer(await world.imported())
        await world.decide.reject(world.actor, batch_id, (await world.batch(batch_id)).revision, None)
    assert picked[0] == picked[1]


async def test_a_picked_listing_that_is_gone_does_not_stop_the_sample(world: World) -> None:
    batch_id = await world.begin_batch(size=5)
    last = world.catalogue.listings[-1].listing_id
    world.catalogue.gone.add(last)
    await world.worker.turn()
    assert len(await world.imported()) == 4
    gone = (await world.rows(batch_id))[last]
    assert gone.excluded
    assert not gone.open


async def test_an_empty_catalogue_gives_a_sample_that_cannot_be_approved(world: World) -> None:
    world.catalogue.listings = []
    batch_id = await world.begin_batch()
    await world.worker.turn()
    report = await world.report(batch_id)
    assert report.view.batch.state is BatchState.AWAITING_REVIEW
    assert [waiting.code for waiting in report.approval.waiting_for] == ["empty_sample"]


async def test_unreachable_photos_are_warned_about_in_the_row_and_the_event(world: World) -> None:
    url = world.catalogue.listings[0].photos[0].url
    world.photo_problems[url] = "the host answered 404"
    batch_id = await world.begin_batch(size=5)
    await world.worker.turn()
    (noted,) = [row for row in (await world.rows(batch_id)).values() if row.notes]
    assert [note.code for note in noted.notes] == [NoteCode.PHOTO_UNREACHABLE]
    events = {event.listing.listing_id: event for event in await world.imported()}
    assert "404" in events[noted.listing_id].listing.notes[0].message


async def test_a_sku_that_an_unpicked_listing_also_uses_is_a_duplicate(world: World) -> None:
    world.catalogue.listings = [listing(str(n), skus=("SAME",)) for n in range(5)]
    batch_id = await world.begin_batch(size=1)
    await world.worker.turn()
    (row,) = (await world.rows(batch_id)).values()
    assert row.duplicate_skus == ("SAME",)
    (event,) = await world.imported()
    assert event.duplicate_skus == ("SAME",)


async def test_duplicates_on_different_pages_of_a_bulk_are_found_both_ways(world: World) -> None:
    await world.approved_sample()
    world.catalogue.listings = [
        listing("a", skus=("X",)),
        *world.catalogue.listings,
        listing("z", skus=("X",)),
    ]
    bulk = await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    rows = await world.rows(bulk)
    assert rows["a"].duplicate_skus == rows["z"].duplicate_skus == ("X",)


async def test_a_sku_of_a_listing_that_is_gone_is_no_duplicate(world: World) -> None:
    world.catalogue.listings = [listing("old", skus=("X",))]
    await world.approved_sample()
    world.catalogue.listings = [listing("new", skus=("X",))]
    bulk = await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    assert (await world.rows(bulk))["new"].duplicate_skus == ()


async def test_listings_that_were_excluded_at_the_start_are_not_sent(world: World) -> None:
    await world.approved_sample()
    left_out = [one.listing_id for one in world.catalogue.listings]
    bulk = await world.begin_batch(BatchKind.BULK, exclude=left_out)
    await world.worker.turn()
    assert [event for event in await world.published() if isinstance(event, ListingImported)] == []
    view = await world.view(bulk)
    assert (view.batch.state, view.progress.excluded) == (BatchState.COMPLETED, 5)
