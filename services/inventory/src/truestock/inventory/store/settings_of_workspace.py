"""Connections as inventory knows them, and a workspace's policies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.contracts.listing import Account
from truestock.inventory.domain.policies import Policies
from truestock.inventory.store import rows

CONNECTION = text(
    """
    INSERT INTO connections AS c
        (connection_id, workspace_id, marketplace, account_id, account_name, version, state, disconnected_at)
    VALUES (:connection_id, :workspace_id, :marketplace, :account_id, :account_name, :version, :state, :at)
    ON CONFLICT (connection_id) DO UPDATE SET
        account_name = excluded.account_name, version = excluded.version, state = excluded.state,
        disconnected_at = excluded.disconnected_at
    WHERE c.version < excluded.version AND c.workspace_id = excluded.workspace_id
    RETURNING 1
    """
)
POLICIES = text(
    """
    INSERT INTO policies AS p (workspace_id, buffers, price_rules, revision)
    VALUES (:workspace_id, CAST(:buffers AS jsonb), CAST(:rules AS jsonb), :revision)
    ON CONFLICT (workspace_id) DO UPDATE SET
        buffers = excluded.buffers, price_rules = excluded.price_rules, revision = excluded.revision
    WHERE p.revision = excluded.revision - 1
    RETURNING 1
    """
)


async def save_connection(
    connection: AsyncConnection,
    workspace_id: UUID,
    connection_id: UUID,
    account: Account,
    version: int,
    state: str,
    disconnected_at: datetime | None,
) -> bool:
    """Take over a connection's newest state; False when a newer one is known already."""
    found = await connection.execute(
        CONNECTION,
        {
            "connection_id": connection_id,
            "workspace_id": workspace_id,
            "marketplace": account.marketplace.value,
            "account_id": account.id,
            "account_name": account.name,
            "version": version,
            "state": state,
            "at": disconnected_at,
        },
    )
    return found.first() is not None


async def save_policies(connection: AsyncConnection, workspace_id: UUID, policies: Policies) -> bool:
    """Write policies of the next revision; False when somebody else wrote that revision first."""
    rules = {
        str(connection_id): {
            "kind": rule.rule.kind.value,
            "value": None if rule.rule.value is None else str(rule.rule.value),
            "tolerance": str(rule.tolerance),
        }
        for connection_id, rule in policies.price_rules.items()
    }
    found = await connection.execute(
        POLICIES,
        {
            "workspace_id": workspace_id,
            "buffers": rows.json_text(dict(policies.buffers)),
            "rules": rows.json_text(rules),
            "revision": policies.revision,
        },
    )
    return found.first() is not None
