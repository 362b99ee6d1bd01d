"""Where sellers leave for a marketplace and come back: public, plain pages, nothing but what is verified."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from truestock.connector.api.bodies import read_at_most
from truestock.connector.api.pages import HEADERS, NOT_VALID, OTHER_BROWSER, page, told
from truestock.connector.domain.attempts import AttemptState
from truestock.connector.usecases.finish_authorization import Callback, FinishAuthorization
from truestock.connector.usecases.open_consent import OpenConsent
from truestock.marketplaces.authorization import CallbackRefused

COOKIE = "truestock-consent"
COOKIE_LIFE_S = 3_600
"""Longer than a start waits (15 minutes)."""
MOST_KEY_BYTES = 10_000
GOOD = (AttemptState.AWAITING_CONFIRMATION, AttemptState.CONFIRMED)


def build_router(open_consent: OpenConsent, finish: FinishAuthorization, public_url: str) -> APIRouter:
    """``/v1/oauth/{marketplace}/start``, ``/callback`` and ``/keys``."""
    router = APIRouter(prefix="/v1/oauth", tags=["callback"])
    secure = public_url.startswith("https://")

    @router.get("/{marketplace}/start", response_class=RedirectResponse, status_code=303)
    async def start(
        request: Request, marketplace: str, ticket: Annotated[str, Query(max_length=200)]
    ) -> Response:
        """The link of an attempt: binds it to this browser and leads to the marketplace."""
        consent = await open_consent(marketplace, ticket, request.cookies.get(COOKIE))
        if consent is None:
            return HTMLResponse(page(*OTHER_BROWSER), 400, headers=HEADERS)
        response = RedirectResponse(consent.url, 303, headers=HEADERS)
        # Lax: the marketplace's redirect back is a top-level GET, and nothing else needs the cookie.
        response.set_cookie(
            COOKIE,
            consent.browser,
            max_age=COOKIE_LIFE_S,
            path="/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return response

    @router.get("/{marketplace}/callback", response_class=HTMLResponse)
    async def callback(request: Request, marketplace: str) -> HTMLResponse:
        """The end of the seller's part."""
        query = tuple(request.query_params.multi_items())
        attempt = await finish(Callback(marketplace, query, request.cookies.get(COOKIE)))
        shown = page(*(NOT_VALID if attempt is None else told(attempt)))
        good = attempt is not None and attempt.state in GOOD
        return HTMLResponse(shown, 200 if good else 400, headers=HEADERS)

    @router.post("/{marketplace}/keys")
    async def keys(request: Request, marketplace: str) -> JSONResponse:
        """A store posts the keys that it made for a start that is pending."""
        try:
            taken = await finish.keys(marketplace, await _json(request))
        except CallbackRefused as refused:
            return JSONResponse({"code": refused.code, "detail": refused.detail}, 400)
        if taken:
            return JSONResponse({"code": "taken", "detail": "The keys are kept."})
        return JSONResponse({"code": "not_pending", "detail": "No start is waiting for these keys."}, 409)

    return router


async def _json(request: Request) -> dict[str, Any]:
    body = await read_at_most(request, MOST_KEY_BYTES)
    if body is None:
        raise CallbackRefused("too_large", "Keys are shorter than this.")
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise CallbackRefused("not_readable", "The body is not a JSON object.")
    return content
