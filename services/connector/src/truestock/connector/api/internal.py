"""For services: leases of access tokens."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import SecretStr

from truestock.chassis.auth.dependencies import Service
from truestock.connector.api.models import LeaseView, RefusedBody
from truestock.connector.domain.connections import Connection
from truestock.connector.usecases.keep_access import Access
from truestock.connector.usecases.use_connection import LeaseAccess

KEPT_FOR = timedelta(hours=1)
"""How long a lease of access that does not expire lasts: then the borrower asks again."""


def build_router(lease: LeaseAccess) -> APIRouter:
    """``/internal/v1/connections``."""
    router = APIRouter(prefix="/internal/v1/connections", tags=["internal"])

    @router.post("/{connection_id}/lease")
    async def lease_access(principal: Service, connection_id: UUID, response: Response) -> LeaseView:
        """An access token that can be used now; 409 ``reauthorization_required`` or ``disconnected``."""
        return _shown(*await lease(principal.workspace_id, connection_id), response)

    @router.post("/{connection_id}/lease/refused")
    async def report_refused(
        principal: Service, connection_id: UUID, body: RefusedBody, response: Response
    ) -> LeaseView:
        """The marketplace refused this version: a newer one, or 409."""
        found = await lease(principal.workspace_id, connection_id, refused_version=body.token_version)
        return _shown(*found, response)

    return router


def _shown(connection: Connection, access: Access, response: Response) -> LeaseView:
    response.headers["Cache-Control"] = "no-store"
    return LeaseView(
        access_token=SecretStr(access.token),
        token_version=access.version,
        expires_at=access.expires_at or datetime.now(UTC) + KEPT_FOR,
        marketplace=connection.marketplace,
        account_id=connection.account.id,
        settings=dict(connection.settings),
    )
