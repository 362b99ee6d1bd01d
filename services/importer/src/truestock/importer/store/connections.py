"""Copies of connections."""

from uuid import UUID

from sqlalchemy import text

from truestock.contracts.values import Marketplace
from truestock.importer.domain.connection import Connection, ConnectionState
from truestock.importer.store.table import Table

GET = text("SELECT * FROM connection WHERE connection_id = :connection_id")
# A copy never goes back: events of one connection are ordered, a redelivery may still come late.
SAVE = text(
    """
    INSERT INTO connection AS known (connection_id, workspace_id, marketplace, account_id, account_name,
                                     currency, state, version, reason, traceparent)
    VALUES (:connection_id, :workspace_id, :marketplace, :account_id, :account_name,
            :currency, :state, :version, :reason, :traceparent)
    ON CONFLICT (connection_id) DO UPDATE SET
        marketplace = excluded.marketplace, account_id = excluded.account_id,
        account_name = excluded.account_name, currency = coalesce(excluded.currency, known.currency),
        state = excluded.state, version = excluded.version, reason = excluded.reason,
        traceparent = coalesce(excluded.traceparent, known.traceparent)
    WHERE known.version < excluded.version
    """
)


class ConnectionTable(Table):
    """See the port of the same purpose."""

    async def get(self, connection_id: UUID) -> Connection | None:
        """The copy, or None."""
        row = await self._row(GET, connection_id=connection_id)
        if row is None:
            return None
        return Connection(
            connection_id=row["connection_id"],
            workspace_id=row["workspace_id"],
            marketplace=Marketplace(row["marketplace"]),
            account_id=row["account_id"],
            account_name=row["account_name"],
            state=ConnectionState(row["state"]),
            version=row["version"],
            currency=row["currency"],
            reason=row["reason"],
            traceparent=row["traceparent"],
        )

    async def save(self, connection: Connection) -> bool:
        """Keep a newer copy; False when a newer one is already known."""
        changed = await self._run(
            SAVE,
            connection_id=connection.connection_id,
            workspace_id=connection.workspace_id,
            marketplace=connection.marketplace.value,
            account_id=connection.account_id,
            account_name=connection.account_name,
            currency=connection.currency,
            state=connection.state.value,
            version=connection.version,
            reason=connection.reason,
            traceparent=connection.traceparent,
        )
        return changed > 0
