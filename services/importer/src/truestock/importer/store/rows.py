"""One row per (batch, listing): writing and reading. Set-based throughout."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from truestock.contracts.events import Finding, InventorySeeded, OpenIssue, SyncValidated
from truestock.contracts.listing import MappingNote
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.progress import Progress
from truestock.importer.domain.rows import Row, Tally, Waiver
from truestock.importer.store import answers, row_sql
from truestock.importer.store.progress import read_progress, read_tally
from truestock.importer.store.table import Table, dumps
from truestock.importer.usecases.values import ClosedLetter, NewRow


class RowTable(Table):
    """See the port of the same purpose."""

    async def add(self, batch: Batch, rows: Sequence[NewRow]) -> None:
        """Write the rows of a page; an inherited row copies what the last import came to."""
        if rows:
            await self._run(row_sql.ADD, **_columns(batch, rows))
        inherited = {row.listing_id: row.inherited_from for row in rows if row.inherited_from}
        if inherited:
            sources = list(set(inherited.values()))
            await self._run(
                row_sql.INHERIT, batch_id=batch.batch_id, listing_ids=list(inherited), sources=sources
            )

    async def present(self, batch_id: UUID, listing_ids: Sequence[str]) -> set[str]:
        """Which of these listings the batch already has a row of (pages may overlap)."""
        rows = await self._rows(row_sql.PRESENT, batch_id=batch_id, listing_ids=list(listing_ids))
        return {row["listing_id"] for row in rows}

    async def all(self, batch_id: UUID) -> list[Row]:
        """All rows, in the order in which they were read."""
        return [_row(row) for row in await self._rows(row_sql.ALL, batch_id=batch_id)]

    async def get(self, batch_id: UUID, listing_id: str) -> Row | None:
        """One row."""
        row = await self._row(row_sql.GET, batch_id=batch_id, listing_id=listing_id)
        return _row(row) if row else None

    async def page(self, batch_id: UUID, after: str, limit: int, *, only_open: bool) -> list[Row]:
        """Rows by listing id."""
        rows = await self._rows(
            row_sql.PAGE, batch_id=batch_id, after=after, limit=limit, only_open=only_open
        )
        return [_row(row) for row in rows]

    async def tally(self, batch_id: UUID) -> Tally:
        """How many are open, how many did not pass."""
        return await read_tally(self._connection, batch_id)

    async def progress(self, batches: Sequence[Batch]) -> dict[UUID, Progress]:
        """The figures of several batches with one statement."""
        return await read_progress(self._connection, batches)

    async def record_outcomes(self, events: Sequence[InventorySeeded], at: datetime) -> set[UUID]:
        """Inventory's answers; returns the batches of which a row was closed."""
        return await answers.record_outcomes(self._connection, events, at)

    async def record_verdicts(self, events: Sequence[SyncValidated], at: datetime) -> set[UUID]:
        """The validator's verdicts; returns the batches of which a row was closed."""
        return await answers.record_verdicts(self._connection, events, at)

    async def dead_letter(self, letters: Sequence[ClosedLetter], at: datetime) -> set[UUID]:
        """Close the open rows of dead-lettered listings; returns their batches."""
        return await answers.dead_letter(self._connection, letters, at)

    async def exclude(self, batch_id: UUID, listing_ids: Sequence[str], reason: str) -> set[str]:
        """Leave listings out of the judgement; returns those that the batch has."""
        rows = await self._rows(
            row_sql.EXCLUDE, batch_id=batch_id, listing_ids=list(listing_ids), reason=reason
        )
        return {row["listing_id"] for row in rows}

    async def waive(self, batch_id: UUID, listing_id: str, code: str, by: str, reason: str) -> None:
        """Note that an admin accepts one blocker."""
        waiver = dumps({code: {"by": by, "reason": reason}})
        await self._run(row_sql.WAIVE, batch_id=batch_id, listing_id=listing_id, waiver=waiver)

    async def abandon(self, batch_id: UUID, listing_id: str, reason: str, at: datetime) -> bool:
        """Close an open row by hand; False when it is not open."""
        return bool(
            await self._run(row_sql.ABANDON, batch_id=batch_id, listing_id=listing_id, reason=reason, at=at)
        )

    async def mark_duplicates(self, batch: Batch) -> None:
        """Bring every row's duplicate SKUs up to date with all known listings of the connection."""
        await self._run(row_sql.MARK_DUPLICATES, batch_id=batch.batch_id, connection_id=batch.connection_id)


def _columns(batch: Batch, rows: Sequence[NewRow]) -> Mapping[str, Any]:
    return {
        "workspace_id": batch.workspace_id,
        "batch_id": batch.batch_id,
        "connection_id": batch.connection_id,
        "listing_ids": [row.listing_id for row in rows],
        "titles": [row.title for row in rows],
        "maps": [dumps(row.maps) for row in rows],
        "notes": [dumps(row.notes) for row in rows],
        "duplicates": [dumps(row.duplicate_skus) for row in rows],
        "sequences": [row.sequence for row in rows],
        "payloads": [row.payload_hash for row in rows],
        "mapped": [row.mapped_hash for row in rows],
        "inherited": [row.inherited_from for row in rows],
        "excluded": [row.excluded_reason for row in rows],
    }


def _row(row: RowMapping) -> Row:
    return Row(
        listing_id=row["listing_id"],
        title=row["title"],
        notes=tuple(MappingNote.model_validate(note) for note in row["notes"]),
        duplicate_skus=tuple(row["duplicate_skus"]),
        maps=row["maps"],
        inherited=row["inherited"],
        excluded=row["excluded_reason"] is not None,
        outcome=row["shown_outcome"],
        reasons=tuple(row["shown_reasons"]),
        verdict=row["verdict"],
        findings=tuple(Finding.model_validate(finding) for finding in row["findings"]),
        open_issues=tuple(OpenIssue(issue) for issue in row["open_issues"]),
        item_id=row["item_id"],
        waived={code: Waiver(waiver["by"], waiver["reason"]) for code, waiver in row["waived"].items()},
        closed_by=row["closed_by"],
    )
