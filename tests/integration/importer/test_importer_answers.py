"""What the pipeline answers: in any order, repeated, late, foreign, or never."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from support.deliveries import delivery
from support.importer_values import T0, seeded, validated
from support.importer_world import World

from truestock.chassis.delivery import Permanent
from truestock.contracts.events import BatchKind, ListingImported, OpenIssue, SeedOutcome, Verdict
from truestock.importer.domain.batch import BatchState
from truestock.importer.usecases.track import DeadLetter

Processing = tuple[UUID, list[ListingImported]]


@pytest.fixture
async def sample(world: World) -> Processing:
    """(batch id, its events), processing."""
    batch_id = await world.begin_batch(size=2)
    await world.worker.turn()
    return batch_id, await world.imported()


async def test_a_verdict_before_its_outcome_waits_for_it(world: World, sample: Processing) -> None:
    batch_id, events = sample
    await world.verdicts([delivery(validated(event)) for event in events])
    assert (await world.batch(batch_id)).state is BatchState.PROCESSING
    await world.outcomes([delivery(seeded(event)) for event in events])
    assert (await world.batch(batch_id)).state is BatchState.AWAITING_REVIEW


async def test_a_redelivered_record_changes_nothing(world: World, sample: Processing) -> None:
    batch_id, events = sample
    first = delivery(seeded(events[0], SeedOutcome.HELD))
    await world.outcomes([first])
    decided = seeded(events[0], SeedOutcome.CREATED, at=T0 + timedelta(seconds=5))
    await world.outcomes([delivery(decided)])
    await world.outcomes([first, first])
    assert (await world.rows(batch_id))[events[0].listing.listing_id].outcome == "created"


async def test_an_id_that_returns_with_other_content_is_refused(world: World, sample: Processing) -> None:
    _, events = sample
    first = delivery(seeded(events[0]))
    await world.outcomes([first])
    with pytest.raises(Permanent):
        await world.outcomes([replace(first, content_hash=b"x" * 16)])


async def test_the_newest_verdict_counts_whatever_the_order(world: World, sample: Processing) -> None:
    batch_id, events = sample
    await world.verdicts([delivery(validated(events[0], Verdict.PASSED, version=3))])
    await world.verdicts([delivery(validated(events[0], Verdict.FAILED, version=2))])
    several = [validated(events[1], Verdict.FAILED, version=2), validated(events[1], version=1)]
    await world.verdicts([delivery(event) for event in several])
    rows = await world.rows(batch_id)
    verdicts = [rows[event.listing.listing_id].verdict for event in events]
    assert verdicts == ["passed", "failed"]


async def test_a_dead_letter_closes_its_row_so_that_the_batch_ends(world: World, sample: Processing) -> None:
    batch_id, events = sample
    await world.answer(events[:1])
    value = events[1].model_dump_json().encode()
    letter = DeadLetter("inventory.seed-from-listing", events[1].key().encode(), value, "it does not parse")
    await world.letters([letter])
    view = await world.view(batch_id)
    assert view.batch.state is BatchState.AWAITING_REVIEW
    assert view.progress.dead_lettered == 1
    assert view.progress.outcomes == {"created": 1, "dead_lettered": 1}
    row = (await world.rows(batch_id))[events[1].listing.listing_id]
    assert row.reasons == ("inventory.seed-from-listing: it does not parse",)


async def test_an_illegible_dead_letter_is_matched_by_its_key(world: World, sample: Processing) -> None:
    batch_id, events = sample
    letters = [
        DeadLetter("validator.validate-sync", events[0].key().encode(), b"\xff not json", "no event"),
        DeadLetter("validator.validate-sync", b"no listing", b"{}", "no event"),
        DeadLetter("validator.validate-sync", f"{uuid4()}:1".encode(), b"{}", "another's"),
    ]
    await world.letters(letters)
    assert (await world.view(batch_id)).progress.dead_lettered == 1


async def test_an_answer_after_a_dead_letter_wins_again(world: World, sample: Processing) -> None:
    batch_id, events = sample
    await world.letters([DeadLetter("validator.validate-sync", events[0].key().encode(), None, "bug")])
    await world.answer(events)
    view = await world.view(batch_id)
    assert (view.progress.dead_lettered, view.progress.outcomes) == (0, {"created": 2})


async def test_a_dead_lettered_listing_is_sent_again_by_the_next_batch(
    world: World, sample: Processing
) -> None:
    batch_id, events = sample
    await world.answer(events[:1])
    await world.letters([DeadLetter("validator.validate-sync", events[1].key().encode(), None, "bug")])
    await world.decide.reject(world.actor, batch_id, (await world.batch(batch_id)).revision, None)
    await world.published()
    await world.begin_batch(size=2)
    await world.worker.turn()
    assert [event.sequence for event in await world.imported()] == [2]


async def test_an_inherited_row_follows_the_newest_verdict_of_its_listing(world: World) -> None:
    await world.approved_sample()
    first = await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    events = await world.imported()
    await world.answer(events, Verdict.PASSED_WITH_WARNINGS, (OpenIssue.STOCK_UNCONFIRMED,))
    assert (await world.batch(first)).state is BatchState.COMPLETED

    second = await world.begin_batch(BatchKind.SAMPLE, size=5)
    await world.worker.turn()
    assert await world.imported() == []
    inherited = (await world.rows(second))[events[0].listing.listing_id]
    assert (inherited.inherited, inherited.outcome) == (True, "created")
    assert inherited.open_issues == (OpenIssue.STOCK_UNCONFIRMED,)

    await world.verdicts([delivery(validated(event, Verdict.PASSED, version=2)) for event in events])
    followed = (await world.rows(second))[events[0].listing.listing_id]
    assert (followed.verdict, followed.open_issues) == ("passed", ())


async def test_an_event_of_another_workspace_never_touches_a_row(world: World, sample: Processing) -> None:
    batch_id, events = sample
    foreign = seeded(events[0], SeedOutcome.REJECTED).model_copy(update={"workspace_id": uuid4()})
    own = seeded(events[1])
    await world.outcomes([delivery(foreign), delivery(own)])
    rows = await world.rows(batch_id)
    outcomes = [rows[event.listing.listing_id].outcome for event in events]
    assert outcomes == [None, "created"]


async def test_a_held_listing_that_is_decided_gets_its_new_outcome_after_the_batch_ended(
    world: World, sample: Processing
) -> None:
    batch_id, events = sample
    await world.outcomes([delivery(seeded(event, SeedOutcome.HELD)) for event in events])
    held = validated(events[0], Verdict.FAILED, issues=(OpenIssue.HELD,))
    await world.verdicts([delivery(held), delivery(validated(events[1]))])
    assert (await world.batch(batch_id)).state is BatchState.AWAITING_REVIEW
    linked = seeded(events[0], SeedOutcome.LINKED, at=T0 + timedelta(minutes=1))
    await world.outcomes([delivery(linked)])
    await world.verdicts([delivery(validated(events[0], version=2))])
    row = (await world.rows(batch_id))[events[0].listing.listing_id]
    assert (row.outcome, row.verdict, row.open_issues) == ("linked", "passed", ())
