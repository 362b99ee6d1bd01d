"""Batches."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from truestock.contracts.events import BatchKind
from truestock.contracts.problem import Refusal
from truestock.contracts.values import Marketplace
from truestock.importer.domain.batch import FINAL, Batch, BatchState, Phase
from truestock.importer.domain.sampling import Coverage
from truestock.importer.store.table import Table, dumps

NAMES = tuple(field.name for field in fields(Batch))
COLUMNS = ", ".join(NAMES)
FINAL_NAMES = [state.value for state in FINAL]

SELECT = f"SELECT {COLUMNS} FROM batch"  # noqa: S608  # our own names
GET = text(f"{SELECT} WHERE batch_id = :batch_id")
LOCK = text(f"{SELECT} WHERE batch_id = :batch_id FOR NO KEY UPDATE")
LOCK_CONNECTION = text("SELECT pg_advisory_xact_lock(hashtextextended(:connection_id, 0))")
NEWEST = text(f"{SELECT} WHERE connection_id = :connection_id ORDER BY number DESC LIMIT 1")
NEWEST_DECIDED = text(
    f"""{SELECT} WHERE connection_id = :connection_id AND kind = 'sample' AND decided_at IS NOT NULL
        ORDER BY decided_at DESC, number DESC LIMIT 1"""
)
UNFINISHED = text(
    f"""{SELECT} WHERE connection_id = :connection_id AND state <> ALL (CAST(:final AS text[]))
        ORDER BY number DESC LIMIT 1 FOR NO KEY UPDATE"""
)
OF_CONNECTION = text(f"{SELECT} WHERE connection_id = :connection_id ORDER BY number FOR NO KEY UPDATE")
SETTLEABLE = text(
    """
    SELECT batch_id FROM batch b
    WHERE batch_id = ANY (CAST(:batch_ids AS uuid[])) AND state IN ('processing', 'cancelling')
      AND NOT EXISTS (SELECT FROM batch_row r WHERE r.batch_id = b.batch_id AND r.closed_by IS NULL)
    """
)
PAGE = text(
    f"""{SELECT} WHERE (CAST(:connection_id AS uuid) IS NULL OR connection_id = :connection_id)
          AND (CAST(:before AS timestamptz) IS NULL OR created_at < :before)
        ORDER BY created_at DESC LIMIT :limit"""
)
ADD = text(
    f"INSERT INTO batch ({COLUMNS}) VALUES ({', '.join(f':{name}' for name in NAMES)})"  # noqa: S608  # our own names
)
CHANGING = (
    "state",
    "phase",
    "revision",
    "version",
    "reason",
    "cursor",
    "total",
    "mapping_version",
    "decided_at",
    "decided_by",
    "closed_at",
    "undone_at",
    "undone_by",
    "traceparent",
)
SAVE = text(
    f"UPDATE batch SET {', '.join(f'{name} = :{name}' for name in CHANGING)} "  # noqa: S608  # our own names
    "WHERE batch_id = :batch_id"
)
SET_SETTINGS = text("UPDATE batch SET settings = CAST(:settings AS jsonb) WHERE batch_id = :batch_id")
SETTINGS = text("SELECT settings FROM batch WHERE batch_id = :batch_id")
SET_COVERAGE = text("UPDATE batch SET coverage = CAST(:coverage AS jsonb) WHERE batch_id = :batch_id")
COVERAGE = text("SELECT batch_id, coverage FROM batch WHERE batch_id = ANY (CAST(:batch_ids AS uuid[]))")


class BatchTable(Table):
    """See the port of the same purpose."""

    async def get(self, batch_id: UUID) -> Batch | None:
        """A batch as it stands."""
        return _batch(await self._row(GET, batch_id=batch_id))

    async def lock(self, batch_id: UUID) -> Batch | None:
        """A batch that nobody else changes until this transaction ends."""
        return _batch(await self._row(LOCK, batch_id=batch_id))

    async def lock_connection(self, connection_id: UUID) -> None:
        """Let starts of batches on one connection happen one after another."""
        await self._rows(LOCK_CONNECTION, connection_id=f"batches of {connection_id}")

    async def newest(self, connection_id: UUID) -> Batch | None:
        """The batch that was started last."""
        return _batch(await self._row(NEWEST, connection_id=connection_id))

    async def newest_decided_sample(self, connection_id: UUID) -> Batch | None:
        """The sample that was decided last: the gate hangs on it."""
        return _batch(await self._row(NEWEST_DECIDED, connection_id=connection_id))

    async def unfinished(self, connection_id: UUID) -> Batch | None:
        """The one batch that has not ended, locked."""
        return _batch(await self._row(UNFINISHED, connection_id=connection_id, final=FINAL_NAMES))

    async def of_connection(self, connection_id: UUID) -> list[Batch]:
        """All batches of a connection, locked, oldest first."""
        return _batches(await self._rows(OF_CONNECTION, connection_id=connection_id))

    async def settleable(self, batch_ids: Sequence[UUID]) -> list[UUID]:
        """Those that seem to have nothing open any more; to be locked and looked at again."""
        rows = await self._rows(SETTLEABLE, batch_ids=list(batch_ids))
        return sorted(row["batch_id"] for row in rows)

    async def page(self, connection_id: UUID | None, before: datetime | None, limit: int) -> list[Batch]:
        """Newest first."""
        return _batches(await self._rows(PAGE, connection_id=connection_id, before=before, limit=limit))

    async def add(self, batch: Batch) -> None:
        """A new batch."""
        await self._run(ADD, **{name: _plain(getattr(batch, name)) for name in NAMES})

    async def save(self, batch: Batch) -> None:
        """Everything of a batch that changes."""
        values = {name: _plain(getattr(batch, name)) for name in CHANGING}
        if await self._run(SAVE, batch_id=batch.batch_id, **values) != 1:
            raise Refusal("batch_vanished", "The batch is gone.", remedy="List the batches.")

    async def set_settings(self, batch_id: UUID, settings: Mapping[str, Any]) -> None:
        """The account's settings that the batch's listings are mapped with."""
        await self._run(SET_SETTINGS, batch_id=batch_id, settings=dumps(settings))

    async def settings(self, batch_id: UUID) -> Mapping[str, Any]:
        """See :meth:`set_settings`; empty before reading started."""
        row = await self._row(SETTINGS, batch_id=batch_id)
        return dict(row["settings"] or {}) if row else {}

    async def set_coverage(self, batch_id: UUID, coverage: Sequence[Coverage]) -> None:
        """How the sample covers the catalogue's strata."""
        rows = [[entry.stratum, entry.in_catalogue, entry.in_sample] for entry in coverage]
        await self._run(SET_COVERAGE, batch_id=batch_id, coverage=dumps(rows))

    async def coverage(self, batch_ids: Sequence[UUID]) -> dict[UUID, tuple[Coverage, ...]]:
        """See :meth:`set_coverage`."""
        rows = await self._rows(COVERAGE, batch_ids=list(batch_ids))
        return {row["batch_id"]: tuple(Coverage(*entry) for entry in row["coverage"] or ()) for row in rows}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return str(value.value) if hasattr(value, "value") else value
    return list(value) if isinstance(value, tuple) else value


def _batches(rows: Sequence[RowMapping]) -> list[Batch]:
    return [batch for row in rows if (batch := _batch(row)) is not None]


def _batch(row: RowMapping | None) -> Batch | None:
    if row is None:
        return None
    values = dict(row)
    values |= {
        "marketplace": Marketplace(row["marketplace"]),
        "kind": BatchKind(row["kind"]),
        "state": BatchState(row["state"]),
        "phase": Phase(row["phase"]),
        "exclude": tuple(row["exclude"]),
    }
    return Batch(**values)
