"""From domain values to response bodies."""

from datetime import datetime

from truestock.importer.api import responses as body
from truestock.importer.domain.blockers import blockers, open_blockers
from truestock.importer.domain.gate import Gate
from truestock.importer.domain.progress import seconds
from truestock.importer.domain.rows import Row
from truestock.importer.usecases.look import BatchView, Report


def batch(view: BatchView, now: datetime) -> body.BatchBody:
    """A batch with its figures."""
    one, progress = view.batch, view.progress
    return body.BatchBody(
        batch_id=one.batch_id,
        connection_id=one.connection_id,
        marketplace=one.marketplace,
        kind=one.kind,
        number=one.number,
        state=one.state,
        reason=one.reason,
        size=one.size,
        seed=one.seed,
        mapping_version=one.mapping_version,
        progress=body.ProgressBody(
            total=progress.total,
            read=progress.read,
            emitted=progress.emitted,
            unchanged=progress.unchanged,
            closed=progress.closed,
            open=progress.open,
            dead_lettered=progress.dead_lettered,
            excluded=progress.excluded,
        ),
        outcomes=dict(progress.outcomes),
        verdicts=dict(progress.verdicts),
        coverage=[
            body.StratumBody(
                stratum=entry.stratum, in_catalogue=entry.in_catalogue, in_sample=entry.in_sample
            )
            for entry in view.coverage
        ],
        created_at=one.created_at,
        created_by=one.created_by,
        decided_at=one.decided_at,
        decided_by=one.decided_by,
        closed_at=one.closed_at,
        undone_at=one.undone_at,
        undone_by=one.undone_by,
        revision=one.revision,
        seconds=seconds(one, now),
    )


def listing(row: Row) -> body.ListingBody:
    """One listing of a batch."""
    return body.ListingBody(
        listing_id=row.listing_id,
        title=row.title,
        maps=dict(row.maps),
        notes=[
            body.NoteBody(code=note.code, severity=note.severity, field=note.field, message=note.message)
            for note in row.notes
        ],
        duplicate_skus=list(row.duplicate_skus),
        outcome=row.outcome,
        reasons=list(row.reasons),
        verdict=row.verdict,
        item_id=row.item_id,
        excluded=row.excluded,
        unchanged=row.inherited,
        open=row.open,
        blockers=[
            body.BlockerBody(code=blocker.code, state=blocker.state, message=blocker.message)
            for blocker in blockers(row)
        ],
    )


def report(found: Report, now: datetime) -> body.ReportBody:
    """The mapping report."""
    return body.ReportBody(
        batch=batch(found.view, now),
        listings=[listing(row) for row in found.rows],
        blockers_open=sum(len(open_blockers(row)) for row in found.rows),
        approval=body.ApprovalBody(
            ready=found.approval.ready and found.view.batch.is_sample,
            waiting_for=[
                body.WaitingBody(
                    code=waiting.code,
                    detail=waiting.detail,
                    remedy=waiting.remedy,
                    listing_ids=list(waiting.listing_ids),
                )
                for waiting in found.approval.waiting_for
            ],
        ),
    )


def gate(found: Gate) -> body.GateBody:
    """The gate of a connection."""
    return body.GateBody(
        bulk_allowed=found.bulk_allowed,
        code=found.code,
        because=found.because,
        sample_batch_id=found.sample.batch_id if found.sample else None,
        mapping_version=found.mapping_version,
    )
