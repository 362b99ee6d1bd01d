"""Connections, and who owns which account."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.connector.domain.connections import Connection, ConnectionState
from truestock.connector.domain.deadlines import Notification
from truestock.connector.store.values import as_json, from_json
from truestock.contracts.listing import Account

SAVE = text(
    """
    INSERT INTO connections (connection_id, workspace_id, marketplace, account_id, account, state,
                             granted_scopes, settings, settings_hash, confirmed_at, confirmed_by, revision,
                             sample_approved, reason)
    VALUES (:connection_id, :workspace_id, :marketplace, :account_id, CAST(:account AS jsonb), :state,
            CAST(:granted_scopes AS text[]), CAST(:settings AS jsonb), :settings_hash, :confirmed_at,
            :confirmed_by, :revision, :sample_approved, :reason)
    ON CONFLICT (connection_id) DO UPDATE SET
        account = excluded.account, state = excluded.state, granted_scopes = excluded.granted_scopes,
        settings = excluded.settings, settings_hash = excluded.settings_hash,
        confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by,
        revision = excluded.revision, sample_approved = excluded.sample_approved, reason = excluded.reason
    """
)
COLUMNS = """connection_id, workspace_id, account, state, granted_scopes, settings, settings_hash,
             confirmed_at, confirmed_by, revision, sample_approved, reason"""
BY_ID = text(f"SELECT {COLUMNS} FROM connections WHERE connection_id = :id")  # noqa: S608  # our columns
LOCKED = text(
    f"SELECT {COLUMNS} FROM connections WHERE connection_id = :id FOR UPDATE"  # noqa: S608  # our columns
)
BY_ACCOUNT = text(
    f"""
    SELECT {COLUMNS} FROM connections
    WHERE marketplace = :marketplace AND account_id = :account_id FOR UPDATE
    """  # noqa: S608  # our columns
)
ALL = text(f"SELECT {COLUMNS} FROM connections ORDER BY confirmed_at")  # noqa: S608  # our columns
# The primary key spans all workspaces although row-level security shows only one's own rows: an account
# that another workspace owns makes this insert nothing and tells nothing.
CLAIM = text(
    """
    INSERT INTO account_owners (marketplace, account_id, workspace_id, connection_id, store)
    VALUES (:marketplace, :account_id, :workspace_id, :connection_id, :store)
    ON CONFLICT (marketplace, account_id) DO NOTHING
    """
)
WARN = text(
    """
    INSERT INTO deadline_warnings (connection_id, workspace_id, kind, ends_at, days)
    VALUES (:connection_id, :workspace_id, :kind, :ends_at, :days)
    ON CONFLICT (connection_id, kind, ends_at, days) DO NOTHING
    """
)
RELEASE = text("DELETE FROM account_owners WHERE connection_id = :connection_id")


async def save(connection: AsyncConnection, row: Connection) -> None:
    """Insert or update."""
    await connection.execute(
        SAVE,
        {
            "connection_id": row.connection_id,
            "workspace_id": row.workspace_id,
            "marketplace": row.marketplace,
            "account_id": row.account.id,
            "account": as_json(json.loads(row.account.model_dump_json())),
            "state": row.state.value,
            "granted_scopes": list(row.granted_scopes),
            "settings": as_json(dict(row.settings)),
            "settings_hash": row.settings_hash,
            "confirmed_at": row.confirmed_at,
            "confirmed_by": row.confirmed_by,
            "revision": row.revision,
            "sample_approved": row.sample_approved,
            "reason": row.reason,
        },
    )


async def by_id(connection: AsyncConnection, connection_id: UUID, *, lock: bool) -> Connection | None:
    """One connection; locked until the transaction ends if asked."""
    row = (await connection.execute(LOCKED if lock else BY_ID, {"id": connection_id})).mappings().first()
    return _connection(row) if row else None


async def by_account(connection: AsyncConnection, marketplace: str, account_id: str) -> Connection | None:
    """The connection of an account in this workspace, locked."""
    keys = {"marketplace": marketplace, "account_id": account_id}
    row = (await connection.execute(BY_ACCOUNT, keys)).mappings().first()
    return _connection(row) if row else None


async def every(connection: AsyncConnection) -> list[Connection]:
    """All of the workspace, oldest first."""
    return [_connection(row) for row in (await connection.execute(ALL)).mappings()]


async def claim_account(connection: AsyncConnection, row: Connection) -> bool:
    """Become the one owner of the account; False when somebody else is."""
    claimed = await connection.execute(
        CLAIM,
        {
            "marketplace": row.marketplace,
            "account_id": row.account.id,
            "workspace_id": row.workspace_id,
            "connection_id": row.connection_id,
            "store": row.store,
        },
    )
    return claimed.rowcount == 1


async def release_account(connection: AsyncConnection, row: Connection) -> None:
    """Anybody may connect the account again."""
    await connection.execute(RELEASE, {"connection_id": row.connection_id})


async def warn_once(connection: AsyncConnection, row: Connection, warning: Notification) -> bool:
    """Remember a warning; False when it was given before."""
    given = await connection.execute(
        WARN,
        {
            "connection_id": row.connection_id,
            "workspace_id": row.workspace_id,
            "kind": warning.deadline.kind.value,
            "ends_at": warning.deadline.ends_at,
            "days": warning.days,
        },
    )
    return given.rowcount == 1


def _connection(row: Mapping[Any, Any]) -> Connection:
    return Connection(
        connection_id=row["connection_id"],
        workspace_id=row["workspace_id"],
        account=Account.model_validate(from_json(row["account"])),
        state=ConnectionState(row["state"]),
        granted_scopes=tuple(row["granted_scopes"]),
        settings=from_json(row["settings"]),
        settings_hash=row["settings_hash"],
        confirmed_at=row["confirmed_at"],
        confirmed_by=row["confirmed_by"],
        revision=row["revision"],
        sample_approved=row["sample_approved"],
        reason=row["reason"],
    )
