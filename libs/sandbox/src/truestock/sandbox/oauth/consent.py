"""The page on which a seller approves an application, as plain as it can be."""

from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse

from truestock.sandbox.shop import Shop

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} sandbox</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem}}
label{{display:block;padding:.4rem 0}}button{{font:inherit;padding:.4rem 1.2rem;margin:1rem 1rem 0 0}}</style>
<h1>{title} sandbox</h1>{body}</html>"""


def consent_page(title: str, app: str, scopes: Iterable[str], shops: Iterable[Shop]) -> HTMLResponse:
    """Ask which seller approves; the form goes back to the same address. ``title``: the marketplace."""
    accounts = "".join(
        f'<label><input type="radio" name="login" value="{escape(shop.login)}"{" checked" if first else ""}> '
        f"<strong>{escape(shop.name)}</strong> ({escape(shop.login)}, {escape(shop.currency)}, "
        f"{len(shop)} listings)</label>"
        for first, shop in ((index == 0, shop) for index, shop in enumerate(shops))
    )
    wanted = "".join(f"<li>{escape(scope)}</li>" for scope in scopes) or "<li>nothing</li>"
    body = (
        f"<p>The application <strong>{escape(app)}</strong> asks for:</p><ul>{wanted}</ul>"
        f'<form method="post"><p>Sign in as</p>{accounts}'
        '<button name="decision" value="approve">Approve</button>'
        '<button name="decision" value="deny">Deny</button></form>'
    )
    return _page(title, body, 200)


def message_page(title: str, text: str, status: int) -> HTMLResponse:
    """One sentence for the person in front of the browser."""
    return _page(title, f"<p>{escape(text)}</p>", status)


def _page(title: str, body: str, status: int) -> HTMLResponse:
    headers = {
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
        "cache-control": "no-store",
    }
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), status, headers=headers)
