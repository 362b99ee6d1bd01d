"""Which command and which fact moves a batch from where to where. Everything else is refused."""

from dataclasses import replace
from datetime import datetime

from truestock.contracts.problem import Refusal
from truestock.importer.domain.batch import UNDER_WAY, Batch, BatchState, Phase
from truestock.importer.domain.rows import Tally


def start_reading(batch: Batch) -> Batch:
    """A worker took the batch up."""
    return batch.to(BatchState.READING) if batch.state is BatchState.QUEUED else batch


def close_reading(batch: Batch) -> Batch:
    """Everything was read; what was sent on is still being processed."""
    return replace(batch.to(BatchState.PROCESSING), phase=Phase.CLOSED, cursor=None)


def pause(batch: Batch, reason: str | None) -> Batch:
    """Stop reading after the page under way. Listings already sent on are still processed."""
    _need(batch, {BatchState.QUEUED, BatchState.READING, BatchState.PROCESSING}, "pause")
    return batch.to(BatchState.PAUSED, reason=reason)


def resume(batch: Batch) -> Batch:
    """Go on where it was paused."""
    _need(batch, {BatchState.PAUSED}, "resume")
    return _go_on(batch)


def wait_for_reauthorization(batch: Batch, reason: str) -> Batch:
    """The access is dead: wait for a person, loop on nothing."""
    return batch.to(BatchState.WAITING, reason=reason) if batch.state in UNDER_WAY else batch


def access_restored(batch: Batch) -> Batch:
    """The same account was authorized again."""
    return _go_on(batch) if batch.state is BatchState.WAITING else batch


def fail(batch: Batch, reason: str, at: datetime) -> Batch:
    """End with a reason that a person can act on. A batch that has ended stays as it is."""
    return batch if batch.final else replace(batch.to(BatchState.FAILED, reason=reason), closed_at=at)


def cancel(batch: Batch, reason: str | None) -> Batch:
    """Stop reading now, end when everything sent on was answered (drained)."""
    _need(
        batch,
        {
            BatchState.QUEUED,
            BatchState.READING,
            BatchState.PROCESSING,
            BatchState.PAUSED,
            BatchState.WAITING,
        },
        "cancel",
    )
    return batch.to(BatchState.CANCELLING, reason=reason)


def settle(batch: Batch, tally: Tally, at: datetime) -> Batch:
    """End the batch, or offer it for review, once reading is closed and no row is open."""
    if tally.open:
        return batch
    if batch.state is BatchState.CANCELLING:
        return replace(batch.to(BatchState.CANCELLED, reason=batch.reason), closed_at=at)
    if batch.state is not BatchState.PROCESSING or not batch.reading_closed:
        return batch
    if batch.is_sample:
        return batch.to(BatchState.AWAITING_REVIEW)
    ended = BatchState.COMPLETED_WITH_FINDINGS if tally.with_findings else BatchState.COMPLETED
    return replace(batch.to(ended), closed_at=at)


def approve(batch: Batch, by: str, at: datetime, reason: str | None) -> Batch:
    """Open the gate. The approval guard was asked before."""
    _need_review(batch, "approve")
    return _decided(batch, BatchState.APPROVED, by, at, reason)


def reject(batch: Batch, by: str, at: datetime, reason: str | None) -> Batch:
    """Close the gate: what was imported is not what it should be."""
    _need_review(batch, "reject")
    return _decided(batch, BatchState.REJECTED, by, at, reason)


def read_more(batch: Batch) -> Batch:
    """A replacement was picked for a sample: read it too."""
    return replace(batch.to(BatchState.READING), phase=Phase.PICKED)


def undo(batch: Batch, by: str, at: datetime) -> Batch:
    """Mark the batch undone; an undone sample closes the gate."""
    if batch.undone_at is not None:
        raise Refusal(
            "already_undone",
            f"Batch {batch.number} was undone by {batch.undone_by}.",
            remedy="Start a new sample; the listings will be seeded afresh.",
        )
    if not batch.final:
        raise Refusal(
            "batch_not_finished",
            f"Batch {batch.number} is {batch.state}; only a finished batch can be undone.",
            remedy="Reject it, or cancel it and wait until it is drained, then undo it.",
            state=batch.state,
        )
    return replace(batch, undone_at=at, undone_by=by, revision=batch.revision + 1)


def _decided(batch: Batch, state: BatchState, by: str, at: datetime, reason: str | None) -> Batch:
    return replace(batch.to(state, reason=reason), decided_at=at, decided_by=by, closed_at=at)


def _go_on(batch: Batch) -> Batch:
    return batch.to(BatchState.PROCESSING if batch.reading_closed else BatchState.READING)


def _need(batch: Batch, states: set[BatchState], command: str) -> None:
    if batch.state not in states:
        raise Refusal(
            "wrong_state",
            f"Batch {batch.number} is {batch.state}; it cannot {command} from there.",
            remedy=f"{command.capitalize()} works while a batch is {', '.join(sorted(states))}.",
            state=batch.state,
        )


def _need_review(batch: Batch, command: str) -> None:
    if not batch.is_sample:
        raise Refusal(
            "not_a_sample",
            f"Batch {batch.number} is a bulk; there is nothing to {command}.",
            remedy="Only samples are reviewed. Undo a bulk if it should not have happened.",
        )
    if batch.final:
        raise Refusal(
            "already_decided",
            f"Batch {batch.number} is {batch.state}"
            + (f", decided by {batch.decided_by}." if batch.decided_by else "."),
            remedy="Start a new sample to decide again.",
            state=batch.state,
        )
    _need(batch, {BatchState.AWAITING_REVIEW}, command)
