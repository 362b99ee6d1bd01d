"""Where marketplaces send sellers back: public, one page, says plainly what happened."""

import html
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from truestock.connector.domain.attempts import Attempt, AttemptState
from truestock.connector.usecases.finish_authorization import Callback, FinishAuthorization

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Truestock: {title}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}}</style>
</head><body><h1>{title}</h1><p>{text}</p><p>{next}</p></body></html>
"""
UNKNOWN = (
    "This link is not valid",
    "It was used before, it has expired, or it does not come from Truestock. Nothing was changed.",
    "Start the connection again in Truestock.",
)


def build_router(finish: FinishAuthorization) -> APIRouter:
    """``/v1/oauth/{marketplace}/callback``."""
    router = APIRouter(prefix="/v1/oauth", tags=["callback"])

    @router.get("/{marketplace}/callback", response_class=HTMLResponse)
    async def callback(
        marketplace: str,
        state: Annotated[str | None, Query(max_length=500)] = None,
        code: Annotated[str | None, Query(max_length=4_000)] = None,
        error: Annotated[str | None, Query(max_length=200)] = None,
    ) -> HTMLResponse:
        """The end of the seller's part."""
        attempt = await finish(Callback(marketplace, state, code, error))
        title, text, following = UNKNOWN if attempt is None else _told(attempt)
        page = PAGE.format(title=html.escape(title), text=html.escape(text), next=html.escape(following))
        good = attempt is not None and attempt.state in (
            AttemptState.AWAITING_CONFIRMATION,
            AttemptState.CONFIRMED,
        )
        return HTMLResponse(page, 200 if good else 400, headers=HEADERS)

    return router


def _told(attempt: Attempt) -> tuple[str, str, str]:
    name = f"{attempt.review.account.name} ({attempt.review.account.id})" if attempt.review else ""
    if attempt.state is AttemptState.AWAITING_CONFIRMATION:
        return (
            "Authorized, not connected yet",
            f"Access to {name} was granted.",
            "Go back to Truestock, check that it is the right account, and confirm it there.",
        )
    if attempt.state is AttemptState.CONFIRMED:
        return "Access renewed", f"Access to {name} works again.", "You can close this page."
    if attempt.failure is not None:
        return "Not connected", attempt.failure.detail, attempt.failure.remedy
    return (
        "Not connected",
        f"This attempt is {attempt.state.replace('_', ' ')}.",
        "Start again in Truestock.",
    )
