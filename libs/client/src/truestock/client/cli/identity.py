"""login, logout, whoami."""

import base64
import json
from typing import Annotated, Any

import typer

from truestock.client.cli.session import Json, session_of
from truestock.client.errors import login_expired
from truestock.client.login import flow
from truestock.client.show.words import facts, instant

PEOPLE = "operator, admin, viewer, operator2 or other"


def login(
    ctx: typer.Context,
    person: Annotated[
        str | None,
        typer.Option("--as", help=f"Log in without a browser, on the local stack only: {PEOPLE}."),
    ] = None,
) -> None:
    """Log in with the browser; the login is kept in a file that only you can read."""
    session = session_of(ctx)

    async def show_url(url: str) -> None:
        session.out.print("Open this address in your browser and log in:")
        session.out.print(url, soft_wrap=True, highlight=False)

    async def work() -> None:
        endpoints = session.endpoints
        async with session.http() as http:
            open_url = flow.follow(http) if person else show_url
            granted = await flow.login(http, endpoints.issuer, open_url, person=person)
        session.login_file.save(granted)
        endpoints.write(session.folder / "endpoints.json")
        claims = claims_of(granted.access_token)
        session.out.print(f"Logged in as {claims.get('name') or claims.get('sub') or 'somebody'}.")

    session.run_plain(work)


def logout(ctx: typer.Context) -> None:
    """Forget the login on this machine."""
    session = session_of(ctx)
    known = session.login_file.forget()
    session.out.print("Logged out." if known else "You were not logged in.")


def whoami(ctx: typer.Context, as_json: Json = False) -> None:
    """Show who you are logged in as, in which workspace, with which roles, until when."""
    session = session_of(ctx)
    login = session.login_file.load()
    if login is None or (login.refresh_token is None and login.expired()):
        session.fail(login_expired())
    claims = claims_of(login.access_token)
    roles = claims.get("roles") or claims.get("role") or []
    known = {
        "name": claims.get("name"),
        "subject": claims.get("sub"),
        "workspace": claims.get("workspace_id"),
        "roles": roles if isinstance(roles, list) else [roles],
        "issuer": login.issuer,
        "expires": instant(login.expires_at),
    }
    if as_json:
        session.out.file.write(json.dumps(known, indent=2) + "\n")
    else:
        session.show(facts(*known.items()))


def claims_of(token: str) -> dict[str, Any]:
    """What the token says, unverified: for showing only, the services verify it. {} if it is opaque."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
