"""Progress figures, derived from the rows with one aggregate."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.importer.domain.batch import Batch
from truestock.importer.domain.progress import Progress
from truestock.importer.domain.rows import PASSING, Tally
from truestock.importer.store.row_sql import SHOWN_OUTCOME

FIGURES = text(
    f"""
    SELECT batch_id, {SHOWN_OUTCOME} AS shown_outcome, verdict, closed_by,
           sequence > 0 AND inherited_from IS NULL AS emitted, count(*) AS n
    FROM batch_row WHERE batch_id = ANY (CAST(:batch_ids AS uuid[]))
    GROUP BY batch_id, shown_outcome, verdict, closed_by, emitted
    """  # noqa: S608  # our own constant
)
TALLY = text(
    """
    SELECT EXISTS (SELECT FROM batch_row WHERE batch_id = :batch_id AND closed_by IS NULL) AS open
    """
)
WITH_FINDINGS = text(
    """
    SELECT count(*) FROM batch_row
    WHERE batch_id = :batch_id AND excluded_reason IS NULL AND closed_by IS NOT NULL
      AND (closed_by IN ('dead_letter', 'abandoned') OR verdict <> ALL (CAST(:passing AS text[])))
    """
)


async def read_tally(connection: AsyncConnection, batch_id: UUID) -> Tally:
    """Cheap while rows are open: one probe of a partial index; the rest is counted at the end only."""
    if (await connection.execute(TALLY, {"batch_id": batch_id})).scalar_one():
        return Tally(open=1, with_findings=0)
    counted = await connection.execute(WITH_FINDINGS, {"batch_id": batch_id, "passing": sorted(PASSING)})
    return Tally(open=0, with_findings=int(counted.scalar_one()))


async def read_progress(connection: AsyncConnection, batches: Sequence[Batch]) -> dict[UUID, Progress]:
    """The figures of these batches."""
    found: dict[UUID, Counter[str]] = {batch.batch_id: Counter() for batch in batches}
    outcomes: dict[UUID, Counter[str]] = {batch.batch_id: Counter() for batch in batches}
    verdicts: dict[UUID, Counter[str]] = {batch.batch_id: Counter() for batch in batches}
    rows = await connection.execute(FIGURES, {"batch_ids": list(found)})
    for row in rows:
        figures = found[row.batch_id]
        figures["read"] += row.n
        figures["open" if row.closed_by is None else "closed"] += row.n
        figures["emitted"] += row.n if row.emitted else 0
        figures[row.closed_by or "open_rows"] += row.n
        if row.shown_outcome is not None:
            outcomes[row.batch_id][row.shown_outcome] += row.n
        if row.verdict is not None:
            verdicts[row.batch_id][row.verdict] += row.n
    return {
        batch.batch_id: Progress(
            total=batch.total,
            read=found[batch.batch_id]["read"],
            emitted=found[batch.batch_id]["emitted"],
            unchanged=found[batch.batch_id]["inherited"],
            closed=found[batch.batch_id]["closed"],
            open=found[batch.batch_id]["open"],
            dead_lettered=found[batch.batch_id]["dead_letter"],
            excluded=found[batch.batch_id]["excluded"],
            outcomes=dict(outcomes[batch.batch_id]),
            verdicts=dict(verdicts[batch.batch_id]),
        )
        for batch in batches
    }
