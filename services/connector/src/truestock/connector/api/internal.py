"""For services: leases of access tokens, and shares of rate limits."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import SecretStr

from truestock.chassis.auth.dependencies import Service
from truestock.connector.api.models import LeaseView, RefusedBody
from truestock.connector.api.shares import ShareBody, ShareView
from truestock.connector.domain.connections import Connection
from truestock.connector.usecases.keep_access import Access
from truestock.connector.usecases.share_limits import ShareLimits
from truestock.connector.usecases.use_connection import LeaseAccess
from truestock.marketplaces.sharing import Report

MILLISECOND = timedelta(milliseconds=1)
KEPT_FOR = timedelta(hours=1)
"""How long a lease of access that does not expire lasts: then the borrower asks again."""


def build_router(lease: LeaseAccess, share: ShareLimits) -> APIRouter:
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

    @router.post("/{connection_id}/share")
    async def share_limit(principal: Service, connection_id: UUID, body: ShareBody) -> ShareView:
        """What the caller's process may send a second, for how long, and until when nobody may send.

        Where the marketplace counts all sellers of our application together, the share is of that limit.
        """
        closed_for = None if body.closed_for_ms is None else timedelta(milliseconds=body.closed_for_ms)
        report = Report(body.wanted, body.per_second, body.bursts, closed_for)
        found = await share(principal.workspace_id, connection_id, body.holder, report)
        return ShareView(
            per_second=found.per_second,
            valid_for_ms=found.valid_for // MILLISECOND,
            closed_for_ms=None if found.closed_for is None else -(-found.closed_for // MILLISECOND),
        )

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
