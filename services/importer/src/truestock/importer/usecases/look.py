"""Read what there is: batches with their figures, the mapping report, listings, the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from truestock.contracts.problem import not_found
from truestock.importer.domain.approval import Approval, approval
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.gate import Gate, with_access
from truestock.importer.domain.progress import Progress
from truestock.importer.domain.rows import Row
from truestock.importer.domain.sampling import Coverage
from truestock.importer.usecases.judge_gate import JudgeGate
from truestock.importer.usecases.ports import Begin, Tx


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with its figures."""

    batch: Batch
    progress: Progress
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The mapping report: everything to look at before deciding."""

    view: BatchView
    rows: Sequence[Row]
    approval: Approval


class Look:
    """Queries; each in one transaction, so that its figures belong together."""

    def __init__(self, begin: Begin, judge_gate: JudgeGate) -> None:
        self._begin, self._judge_gate = begin, judge_gate

    async def batch(self, workspace_id: UUID, batch_id: UUID) -> BatchView:
        """One batch; raises Refusal (404)."""
        async with self._begin([workspace_id]) as tx:
            return (await _views(tx, [await _batch(tx, batch_id)]))[0]

    async def batches(
        self, workspace_id: UUID, connection_id: UUID | None, before: datetime | None, limit: int
    ) -> list[BatchView]:
        """Newest first."""
        async with self._begin([workspace_id]) as tx:
            return await _views(tx, await tx.batches.page(connection_id, before, limit))

    async def report(self, workspace_id: UUID, batch_id: UUID) -> Report:
        """The mapping report; raises Refusal (404)."""
        async with self._begin([workspace_id]) as tx:
            batch = await _batch(tx, batch_id)
            rows = await tx.rows.all(batch_id)
            view = (await _views(tx, [batch]))[0]
        return Report(view, rows, approval(batch, rows) if batch.is_sample else Approval(()))

    async def listings(
        self, workspace_id: UUID, batch_id: UUID, after: str, limit: int, *, only_open: bool
    ) -> list[Row]:
        """The batch's rows by listing id; raises Refusal (404)."""
        async with self._begin([workspace_id]) as tx:
            await _batch(tx, batch_id)
            return await tx.rows.page(batch_id, after, limit, only_open=only_open)

    async def gate(self, workspace_id: UUID, connection_id: UUID) -> Gate:
        """Whether a bulk may start; raises Refusal (404)."""
        async with self._begin([workspace_id]) as tx:
            connection = await tx.connections.get(connection_id)
            if connection is None:
                raise not_found("connection", connection_id)
            return with_access(await self._judge_gate(tx, connection), connection)


async def _batch(tx: Tx, batch_id: UUID) -> Batch:
    batch = await tx.batches.get(batch_id)
    if batch is None:
        raise not_found("batch", batch_id)
    return batch


async def _views(tx: Tx, batches: Sequence[Batch]) -> list[BatchView]:
    if not batches:
        return []
    progress = await tx.rows.progress(batches)
    coverage = await tx.batches.coverage([batch.batch_id for batch in batches])
    return [BatchView(batch, progress[batch.batch_id], coverage.get(batch.batch_id, ())) for batch in batches]
