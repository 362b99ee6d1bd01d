"""Attempts and the one-time states of their authorization."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.connector.domain.attempts import (
    Attempt,
    AttemptState,
    ExpectedAccount,
    Failure,
    Purpose,
    Review,
)
from truestock.connector.store.values import as_json, from_json
from truestock.contracts.listing import Account

SAVE = text(
    """
    INSERT INTO attempts (attempt_id, workspace_id, marketplace, purpose, state, started_by, created_at,
                          expires_at, revision, connection_id, expected, store, review, missing_scopes,
                          failure)
    VALUES (:attempt_id, :workspace_id, :marketplace, :purpose, :state, :started_by, :created_at,
            :expires_at, :revision, :connection_id, CAST(:expected AS jsonb), :store, CAST(:review AS jsonb),
            CAST(:missing_scopes AS text[]), CAST(:failure AS jsonb))
    ON CONFLICT (attempt_id) DO UPDATE SET
        state = excluded.state, expires_at = excluded.expires_at, revision = excluded.revision,
        connection_id = excluded.connection_id, review = excluded.review,
        missing_scopes = excluded.missing_scopes, failure = excluded.failure
    """
)
COLUMNS = """attempt_id, workspace_id, marketplace, purpose, state, started_by, created_at, expires_at,
             revision, connection_id, expected, store, review, missing_scopes, failure"""
BY_ID = text(f"SELECT {COLUMNS} FROM attempts WHERE attempt_id = :attempt_id")  # noqa: S608  # our columns
LOCKED = text(
    f"SELECT {COLUMNS} FROM attempts WHERE attempt_id = :attempt_id FOR UPDATE"  # noqa: S608  # our columns
)
CONNECTING = text(
    f"""
    SELECT {COLUMNS} FROM attempts
    WHERE purpose = 'connect' AND state IN ('started', 'awaiting_confirmation') FOR UPDATE
    """  # noqa: S608  # our columns
)
NEWEST = text(
    f"""
    SELECT {COLUMNS} FROM attempts
    WHERE (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:connection_id AS uuid) IS NULL OR connection_id = :connection_id)
    ORDER BY created_at DESC LIMIT 100
    """  # noqa: S608  # our columns
)
REMEMBER = text(
    """
    INSERT INTO oauth_states (state_hash, ticket_hash, attempt_id, workspace_id, marketplace, expires_at)
    VALUES (:state_hash, :ticket_hash, :attempt_id, :workspace_id, :marketplace, :expires_at)
    """
)


async def save(connection: AsyncConnection, attempt: Attempt) -> None:
    """Insert or update."""
    review = attempt.review
    await connection.execute(
        SAVE,
        {
            "attempt_id": attempt.attempt_id,
            "workspace_id": attempt.workspace_id,
            "marketplace": attempt.marketplace,
            "purpose": attempt.purpose.value,
            "state": attempt.state.value,
            "started_by": attempt.started_by,
            "created_at": attempt.created_at,
            "expires_at": attempt.expires_at,
            "revision": attempt.revision,
            "connection_id": attempt.connection_id,
            "expected": as_json({"id": attempt.expected.id, "name": attempt.expected.name}),
            "store": attempt.store,
            "review": as_json(_review(review)) if review else None,
            "missing_scopes": list(attempt.missing_scopes),
            "failure": as_json(
                {
                    "code": attempt.failure.code,
                    "detail": attempt.failure.detail,
                    "remedy": attempt.failure.remedy,
                }
            )
            if attempt.failure
            else None,
        },
    )


async def by_id(connection: AsyncConnection, attempt_id: UUID, *, lock: bool) -> Attempt | None:
    """One attempt; locked until the transaction ends if asked."""
    row = (await connection.execute(LOCKED if lock else BY_ID, {"attempt_id": attempt_id})).mappings().first()
    return _attempt(row) if row else None


async def connecting(connection: AsyncConnection) -> Attempt | None:
    """The workspace's one unfinished attempt to connect (maybe past its deadline), locked."""
    row = (await connection.execute(CONNECTING)).mappings().first()
    return _attempt(row) if row else None


async def newest(connection: AsyncConnection, state: str | None, connection_id: UUID | None) -> list[Attempt]:
    """The newest hundred, filtered."""
    rows = await connection.execute(NEWEST, {"state": state, "connection_id": connection_id})
    return [_attempt(row) for row in rows.mappings()]


async def remember_state(
    connection: AsyncConnection, state_hash: bytes, ticket_hash: bytes, attempt: Attempt
) -> None:
    """Bind an OAuth state, and the ticket of the link that leads to it, to their attempt."""
    await connection.execute(
        REMEMBER,
        {
            "state_hash": state_hash,
            "ticket_hash": ticket_hash,
            "attempt_id": attempt.attempt_id,
            "workspace_id": attempt.workspace_id,
            "marketplace": attempt.marketplace,
            "expires_at": attempt.expires_at,
        },
    )


def _review(review: Review) -> dict[str, Any]:
    return {
        "account": json.loads(review.account.model_dump_json()),
        "granted_scopes": list(review.granted_scopes),
        "settings": dict(review.settings),
        "settings_hash": review.settings_hash,
    }


def _attempt(row: Mapping[Any, Any]) -> Attempt:
    review, failure = from_json(row["review"]), from_json(row["failure"])
    return Attempt(
        attempt_id=row["attempt_id"],
        workspace_id=row["workspace_id"],
        marketplace=row["marketplace"],
        purpose=Purpose(row["purpose"]),
        state=AttemptState(row["state"]),
        started_by=row["started_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revision=row["revision"],
        connection_id=row["connection_id"],
        expected=ExpectedAccount(**from_json(row["expected"])),
        store=row["store"],
        review=Review(
            account=Account.model_validate(review["account"]),
            granted_scopes=tuple(review["granted_scopes"]),
            settings=review["settings"],
            settings_hash=review["settings_hash"],
        )
        if review
        else None,
        missing_scopes=tuple(row["missing_scopes"]),
        failure=Failure(**failure) if failure else None,
    )
