"""The states of a batch: what moves it, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec

import pytest
from support.importer_batches import batch
from support.importer_values import T0

from truestock.contracts.events import BatchKind
from truestock.contracts.problem import Refusal
from truestock.importer.domain import transitions
from truestock.importer.domain.batch import FINAL, BatchState, Phase
from truestock.importer.domain.rows import Tally

P = ParamSpec("P")

NOTHING_OPEN = Tally(open=0, with_findings=0)
OPEN = Tally(open=2, with_findings=0)
PROCESSING = {"state": BatchState.PROCESSING, "phase": Phase.CLOSED}


def refused(code: str, command: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    with pytest.raises(Refusal) as caught:
        command(*args, **kwargs)
    assert caught.value.code == code


def test_reading_starts_once() -> None:
    reading = transitions.start_reading(batch(state=BatchState.QUEUED))
    assert reading.state is BatchState.READING
    assert transitions.start_reading(reading) is reading


def test_a_drained_sample_awaits_review() -> None:
    assert transitions.settle(batch(**PROCESSING), NOTHING_OPEN, T0).state is BatchState.AWAITING_REVIEW


@pytest.mark.parametrize(
    ("with_findings", "ended"), [(0, BatchState.COMPLETED), (1, BatchState.COMPLETED_WITH_FINDINGS)]
)
def test_a_drained_bulk_is_completed(with_findings: int, ended: BatchState) -> None:
    settled = transitions.settle(batch(kind=BatchKind.BULK, **PROCESSING), Tally(0, with_findings), T0)
    assert settled.state is ended
    assert settled.closed_at == T0


@pytest.mark.parametrize("state", [BatchState.PROCESSING, BatchState.CANCELLING])
def test_open_rows_keep_a_batch_going(state: BatchState) -> None:
    one = batch(state=state, phase=Phase.CLOSED)
    assert transitions.settle(one, OPEN, T0) is one


def test_a_batch_that_is_still_read_does_not_settle() -> None:
    one = batch(state=BatchState.READING, phase=Phase.LIST)
    assert transitions.settle(one, NOTHING_OPEN, T0) is one


@pytest.mark.parametrize("closed", [True, False])
def test_a_paused_batch_goes_on_where_it_was(closed: bool) -> None:
    phase = Phase.CLOSED if closed else Phase.LIST
    state = BatchState.PROCESSING if closed else BatchState.READING
    paused = transitions.pause(batch(state=state, phase=phase), "lunch")
    assert (paused.state, paused.reason) == (BatchState.PAUSED, "lunch")
    assert transitions.resume(paused).state is state


def test_a_paused_batch_does_not_settle_but_does_so_when_resumed() -> None:
    paused = batch(state=BatchState.PAUSED, phase=Phase.CLOSED)
    assert transitions.settle(paused, NOTHING_OPEN, T0) is paused
    resumed = transitions.resume(paused)
    assert transitions.settle(resumed, NOTHING_OPEN, T0).state is BatchState.AWAITING_REVIEW


def test_only_a_batch_under_way_waits_for_reauthorization_and_goes_on() -> None:
    reading = batch(state=BatchState.READING, phase=Phase.LIST)
    waiting = transitions.wait_for_reauthorization(reading, "access is dead")
    assert (waiting.state, waiting.reason) == (BatchState.WAITING, "access is dead")
    assert transitions.access_restored(waiting).state is BatchState.READING
    review = batch(state=BatchState.AWAITING_REVIEW)
    assert transitions.wait_for_reauthorization(review, "access is dead") is review
    assert transitions.access_restored(review) is review


def test_cancelling_drains_first() -> None:
    cancelling = transitions.cancel(batch(state=BatchState.READING), "wrong shop")
    assert transitions.settle(cancelling, OPEN, T0) is cancelling
    cancelled = transitions.settle(cancelling, NOTHING_OPEN, T0)
    assert (cancelled.state, cancelled.reason) == (BatchState.CANCELLED, "wrong shop")


def test_a_batch_under_review_is_rejected_rather_than_cancelled() -> None:
    refused("wrong_state", transitions.cancel, batch(state=BatchState.AWAITING_REVIEW), None)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_an_ended_batch_stays_as_it_is(state: BatchState) -> None:
    ended = batch(state=state)
    assert transitions.fail(ended, "late", T0) is ended
    refused("wrong_state", transitions.pause, ended, None)
    refused("already_decided", transitions.approve, ended, "Bob", T0, None)


def test_a_failure_has_its_reason() -> None:
    failed = transitions.fail(batch(state=BatchState.READING), "partial_read: 3 of 5", T0)
    assert (failed.state, failed.reason, failed.closed_at) == (BatchState.FAILED, "partial_read: 3 of 5", T0)


def test_a_decision_is_made_once_and_by_name() -> None:
    approved = transitions.approve(batch(state=BatchState.AWAITING_REVIEW), "Ada", T0, None)
    assert (approved.state, approved.decided_by, approved.decided_at) == (BatchState.APPROVED, "Ada", T0)
    refused("already_decided", transitions.reject, approved, "Bob", T0, None)


def test_a_bulk_is_not_reviewed() -> None:
    refused("not_a_sample", transitions.approve, batch(kind=BatchKind.BULK, **PROCESSING), "Ada", T0, None)


def test_a_sample_is_not_approved_before_its_review() -> None:
    refused("wrong_state", transitions.approve, batch(**PROCESSING), "Ada", T0, None)


def test_only_a_finished_batch_is_undone_and_only_once() -> None:
    refused("batch_not_finished", transitions.undo, batch(state=BatchState.READING), "Ada", T0)
    undone = transitions.undo(batch(state=BatchState.APPROVED), "Ada", T0)
    assert (undone.undone_by, undone.state) == ("Ada", BatchState.APPROVED)
    refused("already_undone", transitions.undo, undone, "Ada", T0)


def test_every_change_is_a_new_revision() -> None:
    one = batch(state=BatchState.QUEUED)
    assert transitions.start_reading(one).revision == one.revision + 1
    assert transitions.read_more(replace(one, state=BatchState.AWAITING_REVIEW)).phase is Phase.PICKED
