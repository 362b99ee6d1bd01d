"""The few pages that a seller's browser sees."""

import html

from truestock.connector.domain.attempts import Attempt, AttemptState

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
Told = tuple[str, str, str]
"""Title, text, what to do next."""

NOT_VALID: Told = (
    "This link is not valid",
    "It was used before, it has expired, it was opened in another browser, or it does not come from "
    "Truestock. Nothing was changed.",
    "Start the connection again in Truestock.",
)
OTHER_BROWSER: Told = (
    "This link cannot be opened here",
    "It is over, or it was opened in another browser before. Nothing was changed.",
    "Go on in the browser that opened it first, or start the connection again in Truestock.",
)


def page(title: str, text: str, following: str) -> str:
    """A page; everything that is put in is escaped."""
    return PAGE.format(title=html.escape(title), text=html.escape(text), next=html.escape(following))


def told(attempt: Attempt) -> Told:
    """How an attempt stands, for the person who comes back from the marketplace."""
    name = f"{attempt.review.account.name} ({attempt.review.account.id})" if attempt.review else ""
    if attempt.state is AttemptState.AWAITING_CONFIRMATION:
        return (
            "Authorized, not connected yet",
            f"Access to {name} was granted.",
            "Go back to Truestock, check that it is the right account, and confirm it there.",
        )
    if attempt.state is AttemptState.CONFIRMED:
        return "Access renewed", f"Access to {name} works again.", "You can close this page."
    if attempt.state is AttemptState.STARTED:
        return "Not connected yet", "The keys of the store have not arrived yet.", "Look in Truestock."
    if attempt.failure is not None:
        return "Not connected", attempt.failure.detail, attempt.failure.remedy
    return (
        "Not connected",
        f"This attempt is {attempt.state.replace('_', ' ')}.",
        "Start again in Truestock.",
    )
