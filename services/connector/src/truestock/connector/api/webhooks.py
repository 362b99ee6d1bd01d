"""Where marketplaces tell that access is over: public, verified on the raw body before anything else."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from truestock.connector.api.bodies import read_at_most
from truestock.connector.usecases.hear_notice import HearNotice
from truestock.connector.usecases.ports import NoticeGateway
from truestock.marketplaces.errors import MarketplaceError
from truestock.marketplaces.notices import NoticeRefused

MOST_BYTES = 256 * 1024
"""Notices about access are a few hundred bytes."""


def build_router(hear: HearNotice, gateway: NoticeGateway) -> APIRouter:
    """``/v1/webhooks/{marketplace}``."""
    router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

    @router.get("/{marketplace}")
    async def prove(request: Request, marketplace: str) -> JSONResponse:
        """A marketplace checks whether the endpoint is ours (eBay's challenge)."""
        answer = gateway.challenge(marketplace, tuple(request.query_params.multi_items()))
        if answer is None:
            return _told(404, "not_found", "There is nothing here to be proved.")
        return JSONResponse(dict(answer))

    @router.post("/{marketplace}")
    async def receive(request: Request, marketplace: str) -> JSONResponse:
        """Verify and act. 200: done (also when it was done before); 401: not the marketplace's."""
        body = await read_at_most(request, MOST_BYTES)
        if body is None:
            return _told(413, "too_large", "A notice is shorter than this.")
        try:
            await hear(marketplace, dict(request.headers), body)
        except NoticeRefused as refused:
            return _told(401, "notice_refused", str(refused))
        except MarketplaceError:
            return _told(503, "not_verifiable", "The notice cannot be verified right now; send it again.")
        return JSONResponse({"code": "heard"})

    return router


def _told(status: int, code: str, detail: str) -> JSONResponse:
    return JSONResponse({"code": code, "detail": detail}, status)
