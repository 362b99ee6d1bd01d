"""The batch's own events. Each takes the batch's next version."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from truestock.contracts.events import (
    BatchDecision,
    ImportBatchClosed,
    ImportBatchDecided,
    ImportBatchRead,
    ImportBatchStarted,
)
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.progress import Progress
from truestock.importer.usecases.ports import Tx


def started(tx: Tx, batch: Batch, at: datetime) -> Batch:
    """A batch was accepted."""
    tx.emit(ImportBatchStarted(**_common(batch, at), started_by=batch.created_by))
    return _next(batch)


def read(tx: Tx, batch: Batch, progress: Progress, at: datetime) -> Batch:
    """Reading is complete."""
    tx.emit(
        ImportBatchRead(
            **_common(batch, at),
            listings=progress.read,
            emitted=progress.emitted,
            unchanged=progress.unchanged,
        )
    )
    return _next(batch)


def decided(tx: Tx, batch: Batch, decision: BatchDecision, by: str, at: datetime) -> Batch:
    """An operator decided about a sample."""
    tx.emit(
        ImportBatchDecided(
            **_common(batch, at),
            decision=decision,
            decided_by=by,
            account_id=batch.account_id,
            mapping_version=batch.mapping_version,
        )
    )
    return _next(batch)


async def closed(tx: Tx, batch: Batch, at: datetime) -> Batch:
    """The batch reached a final state."""
    progress = (await tx.rows.progress([batch]))[batch.batch_id]
    tx.emit(
        ImportBatchClosed(
            **_common(batch, at),
            state=batch.state.value,
            reason=batch.reason,
            outcomes=dict(progress.outcomes),
            verdicts=dict(progress.verdicts),
        )
    )
    return _next(batch)


def _common(batch: Batch, at: datetime) -> dict[str, Any]:
    return {
        "workspace_id": batch.workspace_id,
        "occurred_at": at,
        "correlation_id": batch.batch_id,
        "connection_id": batch.connection_id,
        "batch_id": batch.batch_id,
        "kind": batch.kind,
        "version": batch.version,
    }


def _next(batch: Batch) -> Batch:
    return replace(batch, version=batch.version + 1)
