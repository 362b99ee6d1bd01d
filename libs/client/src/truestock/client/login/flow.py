"""The whole login, and its renewal."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from truestock.client.login.issuer import Issuer, refused
from truestock.client.login.loopback import Loopback
from truestock.client.login.pkce import Proof
from truestock.client.tokens import Login
from truestock.contracts.problem import Refusal

WAIT = 300.0
"""Seconds that a person has to log in in the browser."""

OpenUrl = Callable[[str], Awaitable[None]]
"""Brings the person to the authorization URL: shows it, or follows it where it is approved by itself."""


async def login(
    http: httpx.AsyncClient,
    issuer_url: str,
    open_url: OpenUrl,
    *,
    person: str | None = None,
    wait: float = WAIT,
) -> Login:
    """Log a person in; raises :class:`Refusal` when the issuer refuses or nobody comes back in time."""
    issuer = await Issuer.discover(http, issuer_url)
    proof = Proof.fresh()
    async with Loopback() as loopback:
        await open_url(issuer.authorization_url(proof, loopback.redirect_uri, person))
        try:
            answer = await asyncio.wait_for(loopback.arrival(), wait)
        except TimeoutError:
            raise refused(f"nobody logged in within {wait:.0f} seconds") from None
        redirect_uri = loopback.redirect_uri
    if answer.get("state") != proof.state:
        raise refused("its answer belongs to another login (state differs)")
    if "code" not in answer:
        raise refused(answer.get("error_description") or answer.get("error") or "no code was given")
    grant = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": proof.verifier,
    }
    return await issuer.exchange(http, grant)


async def renew(http: httpx.AsyncClient, login: Login) -> Login | None:
    """A fresh login from the refresh token; None when the issuer no longer accepts it."""
    if login.refresh_token is None:
        return None
    issuer = await Issuer.discover(http, login.issuer)
    try:
        grant = {"grant_type": "refresh_token", "refresh_token": login.refresh_token}
        return await issuer.exchange(http, grant)
    except Refusal as refusal:
        if refusal.code == "login_refused":
            return None
        raise


def follow(http: httpx.AsyncClient) -> OpenUrl:
    """Open the URL with this program instead of a browser: for an issuer that approves by itself."""

    async def open_url(url: str) -> None:
        response = await http.get(url, follow_redirects=True)
        if not response.is_success:
            raise refused(f"it answered {response.status_code}; perhaps it does not know this person")

    return open_url
