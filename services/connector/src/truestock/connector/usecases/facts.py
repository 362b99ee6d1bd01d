"""The connector's events, made from a connection as it is now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from truestock.connector.domain.connections import Connection
from truestock.connector.domain.deadlines import Deadline
from truestock.contracts.events import (
    ConnectionConfirmed,
    ConnectionDeadlineApproaching,
    ConnectionDisconnected,
    ConnectionReauthorizationRequired,
    ConnectionRestored,
)


def _common(connection: Connection, now: datetime, correlation_id: UUID) -> dict[str, Any]:
    return {
        "workspace_id": connection.workspace_id,
        "occurred_at": now,
        "correlation_id": correlation_id,
        "connection_id": connection.connection_id,
        "account": connection.account,
        "version": connection.revision,
    }


def confirmed(
    connection: Connection, now: datetime, attempt_id: UUID, *, reconnected: bool
) -> ConnectionConfirmed:
    """A person confirmed it."""
    return ConnectionConfirmed(
        **_common(connection, now, attempt_id),
        granted_scopes=connection.granted_scopes,
        currency=connection.currency,
        settings_hash=connection.settings_hash,
        confirmed_by=connection.confirmed_by,
        reconnected=reconnected,
    )


def restored(connection: Connection, now: datetime, attempt_id: UUID) -> ConnectionRestored:
    """Its access works again."""
    return ConnectionRestored(
        **_common(connection, now, attempt_id),
        granted_scopes=connection.granted_scopes,
        currency=connection.currency,
        settings_hash=connection.settings_hash,
    )


def reauthorization_required(connection: Connection, now: datetime) -> ConnectionReauthorizationRequired:
    """Its access is dead."""
    return ConnectionReauthorizationRequired(
        **_common(connection, now, connection.connection_id), reason=connection.reason or "access was refused"
    )


def disconnected(connection: Connection, now: datetime, *, withdraw: bool) -> ConnectionDisconnected:
    """Its access was given up."""
    return ConnectionDisconnected(
        **_common(connection, now, connection.connection_id),
        reason=connection.reason or "disconnected",
        withdraw=withdraw,
    )


def deadline_approaching(
    connection: Connection, now: datetime, deadline: Deadline
) -> ConnectionDeadlineApproaching:
    """Its access ends on a known day unless a person acts."""
    return ConnectionDeadlineApproaching(
        **_common(connection, now, connection.connection_id),
        kind=deadline.kind,
        ends_at=deadline.ends_at,
        remedy=deadline.remedy,
    )
