"""Connections: look, reauthorize, check, disconnect."""

from uuid import UUID

from fastapi import APIRouter, Response

from truestock.chassis.auth.dependencies import IfMatch, Operator, Viewer
from truestock.connector.api.models import (
    AttemptView,
    AuditLine,
    AuditTrail,
    ConnectionList,
    ConnectionView,
    DisconnectBody,
)
from truestock.connector.api.shown import shown_attempt, shown_connection
from truestock.connector.store.values import from_json
from truestock.connector.usecases.start_attempt import StartAttempt
from truestock.connector.usecases.use_connection import CheckConnection, Disconnect
from truestock.connector.usecases.views import Look


def build_router(
    start: StartAttempt, check: CheckConnection, disconnect: Disconnect, look: Look
) -> APIRouter:
    """``/v1/connections``."""
    router = APIRouter(prefix="/v1/connections", tags=["connections"])

    @router.get("")
    async def list_connections(principal: Viewer) -> ConnectionList:
        """All connections of the workspace."""
        return ConnectionList(items=[shown_connection(*found) for found in await look.connections(principal)])

    @router.get("/{connection_id}")
    async def read_connection(principal: Viewer, connection_id: UUID, response: Response) -> ConnectionView:
        """One connection."""
        connection, grant = await look.connection(principal, connection_id)
        response.headers["ETag"] = f'"{connection.revision}"'
        return shown_connection(connection, grant)

    @router.post("/{connection_id}/reauthorize", status_code=201)
    async def reauthorize(principal: Operator, connection_id: UUID, response: Response) -> AttemptView:
        """Start an attempt that must come back with the same account."""
        attempt, url = await start.reauthorize(principal, connection_id)
        response.headers["ETag"] = f'"{attempt.revision}"'
        response.headers["Location"] = f"/v1/attempts/{attempt.attempt_id}"
        return shown_attempt(attempt, url)

    @router.post("/{connection_id}/check")
    async def check_connection(
        principal: Operator, connection_id: UUID, response: Response
    ) -> ConnectionView:
        """Prove by a live read that the access works; the settings are today's."""
        await check(principal, connection_id)
        connection, grant = await look.connection(principal, connection_id)
        response.headers["ETag"] = f'"{connection.revision}"'
        return shown_connection(connection, grant)

    @router.post("/{connection_id}/disconnect")
    async def disconnect_connection(
        principal: Operator, connection_id: UUID, revision: IfMatch, body: DisconnectBody, response: Response
    ) -> ConnectionView:
        """Revoke and erase the access. ``withdraw`` also archives items that nobody touched."""
        await disconnect(principal, connection_id, revision, reason=body.reason, withdraw=body.withdraw)
        connection, grant = await look.connection(principal, connection_id)
        response.headers["ETag"] = f'"{connection.revision}"'
        return shown_connection(connection, grant)

    @router.get("/{connection_id}/audit")
    async def read_audit(principal: Viewer, connection_id: UUID) -> AuditTrail:
        """Who did what to this connection."""
        lines = await look.trail(principal, connection_id)
        return AuditTrail(
            items=[
                AuditLine(**{**line, "before": from_json(line["before"]), "after": from_json(line["after"])})
                for line in lines
            ]
        )

    return router
