"""What the pipeline answers about listings: outcomes, verdicts and dead letters, each set with one UPDATE.

A row is closed once both its outcome and its verdict are known. Answers to a row that was closed
otherwise (dead letter, abandoned) still count: the newest facts win.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.contracts.events import InventorySeeded, SyncValidated
from truestock.importer.store.table import dumps
from truestock.importer.usecases.values import ClosedLetter

ANSWERED = "(closed_by IS NULL OR closed_by IN ('dead_letter', 'abandoned'))"
INHERITED = "closed_by = 'inherited'"


def _outcomes(where: str, closing: str) -> TextClause:
    return text(
        f"""
        UPDATE batch_row SET outcome = a.new_outcome, reasons = a.new_reasons,
            item_id = coalesce(a.new_item_id, item_id), outcome_at = a.occurred_at{closing}
        FROM (
            SELECT p.*, ARRAY(SELECT jsonb_array_elements_text(p.reasons_json::jsonb)) AS new_reasons
            FROM unnest(CAST(:workspaces AS uuid[]), CAST(:batch_ids AS uuid[]),
                        CAST(:listing_ids AS text[]), CAST(:outcomes AS text[]), CAST(:reasons AS text[]),
                        CAST(:item_ids AS uuid[]), CAST(:times AS timestamptz[]))
                 AS p (workspace_id, batch_id, listing_id, new_outcome, reasons_json, new_item_id,
                       occurred_at)
        ) AS a
        WHERE {where} AND batch_row.listing_id = a.listing_id AND batch_row.workspace_id = a.workspace_id
          AND (outcome_at IS NULL OR outcome_at <= a.occurred_at)
        RETURNING batch_row.batch_id, batch_row.closed_by
        """  # noqa: S608  # our own constants
    )


def _verdicts(where: str, closing: str) -> TextClause:
    return text(
        f"""
        UPDATE batch_row SET verdict = a.new_verdict, verdict_version = a.new_version,
            findings = a.new_findings::jsonb, open_issues = a.new_issues,
            item_id = coalesce(a.new_item_id, item_id){closing}
        FROM (
            SELECT p.*, ARRAY(SELECT jsonb_array_elements_text(p.issues_json::jsonb)) AS new_issues
            FROM unnest(CAST(:workspaces AS uuid[]), CAST(:batch_ids AS uuid[]),
                        CAST(:listing_ids AS text[]), CAST(:verdicts AS text[]), CAST(:versions AS bigint[]),
                        CAST(:findings AS text[]), CAST(:issues AS text[]), CAST(:item_ids AS uuid[]))
                 AS p (workspace_id, batch_id, listing_id, new_verdict, new_version,
                       new_findings, issues_json, new_item_id)
        ) AS a
        WHERE {where} AND batch_row.listing_id = a.listing_id AND batch_row.workspace_id = a.workspace_id
          AND (verdict_version IS NULL OR verdict_version < a.new_version)
        RETURNING batch_row.batch_id, batch_row.closed_by
        """  # noqa: S608  # our own constants
    )


CLOSE_ON_OUTCOME = f""",
    closed_by = CASE WHEN {ANSWERED} AND verdict IS NOT NULL THEN 'verdict' ELSE closed_by END,
    closed_at = CASE WHEN closed_by IS NULL AND verdict IS NOT NULL THEN CAST(:at AS timestamptz)
                     ELSE closed_at END"""
CLOSE_ON_VERDICT = f""",
    closed_by = CASE WHEN {ANSWERED} AND outcome IS NOT NULL THEN 'verdict' ELSE closed_by END,
    closed_at = CASE WHEN closed_by IS NULL AND outcome IS NOT NULL THEN CAST(:at AS timestamptz)
                     ELSE closed_at END"""
# Naming the ids once more as arrays lets the planner start from an index whatever its statistics say: on a
# young table it otherwise guesses one row and compares every row of the batch with every answer.
LISTED = "batch_row.listing_id = ANY (CAST(:listing_ids AS text[]))"
OWN_ROW = (
    f"batch_row.batch_id = a.batch_id AND batch_row.batch_id = ANY (CAST(:batch_ids AS uuid[])) AND {LISTED}"
)
# A row that inherited follows the listing's newest answer, which names the batch of the last event.
HEIR = (
    "batch_row.inherited_from = a.batch_id "
    f"AND batch_row.inherited_from = ANY (CAST(:batch_ids AS uuid[])) AND {LISTED}"
)

OUTCOMES = _outcomes(OWN_ROW, CLOSE_ON_OUTCOME)
HEIRS_OUTCOMES = _outcomes(HEIR, "")
VERDICTS = _verdicts(OWN_ROW, CLOSE_ON_VERDICT)
HEIRS_VERDICTS = _verdicts(HEIR, "")

DEAD_LETTERS = text(
    """
    UPDATE batch_row SET closed_by = 'dead_letter', closing_reason = a.reason, closed_at = :at
    FROM unnest(CAST(:connection_ids AS uuid[]), CAST(:listing_ids AS text[]), CAST(:batch_ids AS uuid[]),
                CAST(:reasons AS text[])) AS a (connection_id, listing_id, batch_id, reason)
    WHERE batch_row.connection_id = a.connection_id AND batch_row.listing_id = a.listing_id
      AND (a.batch_id IS NULL OR batch_row.batch_id = a.batch_id)
      AND batch_row.closed_by IS NULL
    RETURNING batch_row.batch_id
    """
)


async def record_outcomes(
    connection: AsyncConnection, events: Sequence[InventorySeeded], at: datetime
) -> set[UUID]:
    """Returns the batches of which a row is closed now."""
    # The newest answer per row counts: one UPDATE touches each row once.
    newest = {(event.batch_id, event.listing_id): event for event in events}
    rows = [newest[key] for key in sorted(newest)]
    if not rows:
        return set()
    values = {
        "workspaces": [event.workspace_id for event in rows],
        "batch_ids": [event.batch_id for event in rows],
        "listing_ids": [event.listing_id for event in rows],
        "outcomes": [event.outcome.value for event in rows],
        "reasons": [dumps(event.reasons) for event in rows],
        "item_ids": [event.state.item_id if event.state else None for event in rows],
        "times": [event.occurred_at for event in rows],
    }
    return await _answer(connection, OUTCOMES, HEIRS_OUTCOMES, values, at)


async def record_verdicts(
    connection: AsyncConnection, events: Sequence[SyncValidated], at: datetime
) -> set[UUID]:
    """Returns the batches of which a row is closed now."""
    newest: dict[tuple[UUID, str], SyncValidated] = {}
    for event in events:
        known = newest.get((event.batch_id, event.listing_id))
        if known is None or known.version < event.version:
            newest[(event.batch_id, event.listing_id)] = event
    rows = [newest[key] for key in sorted(newest)]
    if not rows:
        return set()
    values = {
        "workspaces": [event.workspace_id for event in rows],
        "batch_ids": [event.batch_id for event in rows],
        "listing_ids": [event.listing_id for event in rows],
        "verdicts": [event.verdict.value for event in rows],
        "versions": [event.version for event in rows],
        "findings": [dumps(event.findings) for event in rows],
        "issues": [dumps([issue.value for issue in event.open_issues]) for event in rows],
        "item_ids": [event.item_id for event in rows],
    }
    return await _answer(connection, VERDICTS, HEIRS_VERDICTS, values, at)


async def _answer(
    connection: AsyncConnection, rows: TextClause, heirs: TextClause, values: dict[str, Any], at: datetime
) -> set[UUID]:
    """Answer rows and the rows that inherit from them; returns the batches of which a row is closed now."""
    answered = await connection.execute(rows, values | {"at": at})
    await connection.execute(heirs, values)
    return {row.batch_id for row in answered if row.closed_by is not None}


async def dead_letter(
    connection: AsyncConnection, letters: Sequence[ClosedLetter], at: datetime
) -> set[UUID]:
    """Returns the batches of which a row was closed."""
    if not letters:
        return set()
    rows = await connection.execute(
        DEAD_LETTERS,
        {
            "connection_ids": [letter.connection_id for letter in letters],
            "listing_ids": [letter.listing_id for letter in letters],
            "batch_ids": [letter.batch_id for letter in letters],
            "reasons": [letter.reason for letter in letters],
            "at": at,
        },
    )
    return {row.batch_id for row in rows}
