"""Policies and marketplaces."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from truestock.chassis.auth.dependencies import IfMatch, Operator, Viewer
from truestock.connector.api.models import MarketplaceList, MarketplaceView, PoliciesBody, PoliciesView
from truestock.connector.usecases.set_policies import SetPolicies
from truestock.connector.usecases.views import Look


def build_router(policies: SetPolicies, look: Look) -> APIRouter:
    """``/v1/policies`` and ``/v1/marketplaces``."""
    router = APIRouter(prefix="/v1", tags=["policies"])

    @router.get("/policies")
    async def read_policies(principal: Viewer, response: Response) -> PoliciesView:
        """The marketplace priority order."""
        policy = await policies.read(principal)
        response.headers["ETag"] = f'"{policy.revision}"'
        return PoliciesView(priority=policy.priority, revision=policy.revision)

    @router.put("/policies")
    async def write_policies(
        principal: Operator, revision: IfMatch, body: PoliciesBody, response: Response
    ) -> PoliciesView:
        """Replace the order; ``If-Match: "0"`` the first time."""
        policy = await policies.write(principal, [one.value for one in body.priority], revision)
        response.headers["ETag"] = f'"{policy.revision}"'
        return PoliciesView(priority=policy.priority, revision=policy.revision)

    @router.get("/marketplaces")
    async def list_marketplaces(principal: Viewer) -> MarketplaceList:
        """What can be connected, and what is next."""
        found = await look.marketplaces(principal)
        return MarketplaceList(items=[MarketplaceView(**asdict(one)) for one in found])

    return router
