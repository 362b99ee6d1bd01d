"""Connections: look, reauthorize, check, disconnect."""

from uuid import UUID

from fastapi import APIRouter, Response

from truestock.chassis.auth.dependencies import IfMatch, Operator, Viewer
from truestock.connector.api.models import (
    AttemptView,
    AuditCursor,
    AuditTrail,
    CheckView,
    ConnectionList,
    ConnectionView,
    DisconnectBody,
    Limit,
    ScopeCheckView,
)
from truestock.connector.api.shown import shown_attempt, shown_connection, shown_trail
from truestock.connector.usecases.leave_connection import Disconnect
from truestock.connector.usecases.start_attempt import StartAttempt
from truestock.connector.usecases.use_connection import CheckConnection
from truestock.connector.usecases.views import Look, SeenConnection


def build_router(
    start: StartAttempt, check: CheckConnection, disconnect: Disconnect, look: Look, public_url: str
) -> APIRouter:
    """``/v1/connections``."""
    router = APIRouter(prefix="/v1/connections", tags=["connections"])

    @router.get("")
    async def list_connections(principal: Viewer) -> ConnectionList:
        """All connections of the workspace."""
        return ConnectionList(items=[shown_connection(found) for found in await look.connections(principal)])

    @router.get("/{connection_id}")
    async def read_connection(principal: Viewer, connection_id: UUID, response: Response) -> ConnectionView:
        """One connection."""
        return _answer(await look.connection(principal, connection_id), response)

    @router.post("/{connection_id}/reauthorize", status_code=201)
    async def reauthorize(principal: Operator, connection_id: UUID, response: Response) -> AttemptView:
        """Start an attempt that must come back with the same account."""
        attempt, ticket = await start.reauthorize(principal, connection_id)
        response.headers["ETag"] = f'"{attempt.revision}"'
        response.headers["Location"] = f"/v1/attempts/{attempt.attempt_id}"
        return shown_attempt(attempt, ticket, public_url)

    @router.post("/{connection_id}/check")
    async def check_connection(principal: Operator, connection_id: UUID, response: Response) -> CheckView:
        """Prove by one live read per scope that the access works; the settings are today's."""
        _, checks = await check(principal, connection_id)
        shown = _answer(await look.connection(principal, connection_id), response)
        tried = [ScopeCheckView(scope=one.scope, works=one.works, detail=one.detail) for one in checks]
        return CheckView(**shown.model_dump(), checks=tuple(tried))

    @router.post("/{connection_id}/disconnect")
    async def disconnect_connection(
        principal: Operator, connection_id: UUID, revision: IfMatch, body: DisconnectBody, response: Response
    ) -> ConnectionView:
        """Revoke and erase the access. ``withdraw`` also archives items that nobody touched."""
        await disconnect(principal, connection_id, revision, reason=body.reason, withdraw=body.withdraw)
        return _answer(await look.connection(principal, connection_id), response)

    @router.get("/{connection_id}/audit")
    async def read_audit(
        principal: Viewer, connection_id: UUID, limit: Limit = 100, cursor: AuditCursor = 0
    ) -> AuditTrail:
        """Who did what to this connection."""
        return shown_trail(await look.connection_trail(principal, connection_id, cursor, limit), limit)

    return router


def _answer(seen: SeenConnection, response: Response) -> ConnectionView:
    response.headers["ETag"] = f'"{seen.connection.revision}"'
    return shown_connection(seen)
