"""What people read: verdicts, findings, the batch report. Worst first, from finding to record in one call."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from truestock.chassis.transaction import Database

# Without a batch the newest one of each listing counts: its verdict is the listing's verdict.
_CURRENT = """
    (CAST(:batch_id AS uuid) IS NOT NULL AND v.batch_id = CAST(:batch_id AS uuid)
     OR CAST(:batch_id AS uuid) IS NULL AND EXISTS (
        SELECT FROM subjects s WHERE s.workspace_id = v.workspace_id AND s.connection_id = v.connection_id
           AND s.listing_id = v.listing_id AND s.verdict_version = v.version))
"""
# A verdict on a listing and an item that belong together no longer (undone, archived) is history.
_WITHDRAWN = """
    (v.item_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM subjects s WHERE s.workspace_id = v.workspace_id AND s.connection_id = v.connection_id
           AND s.listing_id = v.listing_id AND s.item_id = v.item_id AND NOT s.withdrawn))
"""
_VERDICT = f"CASE WHEN {_WITHDRAWN} THEN 'withdrawn' ELSE v.verdict END"
_VERDICT_COLUMNS = f"""
    v.connection_id, v.listing_id, v.batch_id, v.marketplace, v.title, v.item_id, v.item_version,
    v.fingerprint, {_VERDICT} AS verdict, v.version, v.sequence, v.open_issues, v.findings AS finding_count,
    v.validated_at
"""
VERDICTS = text(
    f"""
    SELECT {_VERDICT_COLUMNS} FROM verdicts v
    WHERE {_CURRENT} AND (CAST(:batch_id AS uuid) IS NOT NULL OR NOT {_WITHDRAWN})
      AND (CAST(:connection_id AS uuid) IS NULL OR v.connection_id = CAST(:connection_id AS uuid))
      AND (CAST(:verdict AS text) IS NULL OR {_VERDICT} = CAST(:verdict AS text))
      AND (v.connection_id, v.listing_id) > (CAST(:after_connection AS uuid), CAST(:after_listing AS text))
    ORDER BY v.connection_id, v.listing_id
    LIMIT :most
    """  # noqa: S608  # only constants are put together
)
LISTING = text(
    f"""
    SELECT {_VERDICT_COLUMNS} FROM verdicts v
    WHERE v.connection_id = :connection_id AND v.listing_id = :listing_id
    ORDER BY v.version DESC LIMIT 1
    """  # noqa: S608  # as above
)
_FINDING_COLUMNS = """
    f.connection_id, f.listing_id, f.batch_id, f.ordinal, f.rank, f.check_name AS "check",
    f.finding_class AS "class", f.severity, f.variant_id, f.subject, f.base, f.inventory,
    f.marketplace, f.fix, v.item_id, v.title, v.verdict
"""
FINDINGS = text(
    f"""
    SELECT {_FINDING_COLUMNS}
    FROM findings f JOIN verdicts v USING (workspace_id, batch_id, connection_id, listing_id)
    WHERE {_CURRENT} AND NOT {_WITHDRAWN}
      AND (CAST(:connection_id AS uuid) IS NULL OR f.connection_id = CAST(:connection_id AS uuid))
      AND (CAST(:severity AS text) IS NULL OR f.severity = CAST(:severity AS text))
      AND (CAST(:check AS text) IS NULL OR f.check_name = CAST(:check AS text))
      AND (CAST(:class AS text) IS NULL OR f.finding_class = CAST(:class AS text))
      AND (CAST(:listing_id AS text) IS NULL OR f.listing_id = CAST(:listing_id AS text))
      AND (f.rank, f.connection_id, f.listing_id, f.ordinal) > (
          CAST(:after_rank AS int), CAST(:after_connection AS uuid), CAST(:after_listing AS text),
          CAST(:after_ordinal AS int))
    ORDER BY f.rank, f.connection_id, f.listing_id, f.ordinal
    LIMIT :most
    """  # noqa: S608  # as above
)
COUNT_VERDICTS = text(
    f"""
    SELECT {_VERDICT} AS verdict, count(*) AS n FROM verdicts v WHERE v.batch_id = :batch_id GROUP BY 1
    """  # noqa: S608  # as above
)
COUNT_FINDINGS = text(
    f"""
    SELECT f.check_name, f.finding_class, f.severity, count(*) AS n
    FROM findings f JOIN verdicts v USING (workspace_id, batch_id, connection_id, listing_id)
    WHERE f.batch_id = :batch_id AND NOT {_WITHDRAWN}
    GROUP BY f.check_name, f.finding_class, f.severity
    """  # noqa: S608  # as above
)

NOWHERE = UUID(int=0)
Row = Mapping[str, Any]


class Reports:
    """Reads of one workspace. Rows are mappings named as the API's fields."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def verdicts(
        self,
        workspace_id: UUID,
        *,
        connection_id: UUID | None,
        batch_id: UUID | None,
        verdict: str | None,
        after: Sequence[Any] | None,
        most: int,
    ) -> list[Row]:
        """Verdicts by listing, ``withdrawn`` where they are history; without a batch only what counts now."""
        connection, listing = after or (NOWHERE, "")
        return await self._rows(
            workspace_id,
            VERDICTS,
            connection_id=connection_id,
            batch_id=batch_id,
            verdict=verdict,
            after_connection=connection,
            after_listing=listing,
            most=most,
        )

    async def verdict(self, workspace_id: UUID, connection_id: UUID, listing_id: str) -> Row | None:
        """The newest verdict on a listing."""
        found = await self._rows(workspace_id, LISTING, connection_id=connection_id, listing_id=listing_id)
        return found[0] if found else None

    async def findings(
        self,
        workspace_id: UUID,
        *,
        batch_id: UUID | None = None,
        connection_id: UUID | None = None,
        listing_id: str | None = None,
        severity: str | None = None,
        check: str | None = None,
        finding_class: str | None = None,
        after: Sequence[Any] | None = None,
        most: int,
    ) -> list[Row]:
        """Findings that still count, worst first, each with its item and the listing's title."""
        rank, connection, listing, ordinal = after or (-1, NOWHERE, "", -1)
        return await self._rows(
            workspace_id,
            FINDINGS,
            batch_id=batch_id,
            connection_id=connection_id,
            listing_id=listing_id,
            severity=severity,
            check=check,
            **{"class": finding_class},
            after_rank=rank,
            after_connection=connection,
            after_listing=listing,
            after_ordinal=ordinal,
            most=most,
        )

    async def counts(self, workspace_id: UUID, batch_id: UUID) -> tuple[dict[str, int], list[Row]]:
        """How many of each verdict, and of each check, class and severity."""
        async with self._database.begin([workspace_id]) as tx:
            verdicts = await tx.connection.execute(COUNT_VERDICTS, {"batch_id": batch_id})
            findings = await tx.connection.execute(COUNT_FINDINGS, {"batch_id": batch_id})
            return {row.verdict: row.n for row in verdicts}, [dict(row) for row in findings.mappings()]

    async def _rows(self, workspace_id: UUID, statement: Any, **values: Any) -> list[Row]:
        async with self._database.begin([workspace_id]) as tx:
            return [dict(row) for row in (await tx.connection.execute(statement, values)).mappings()]
