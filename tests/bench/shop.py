"""The sandbox's Etsy as an application sees it: consent, and every listing mapped."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from truestock.contracts.listing import CanonicalListing, Evidence
from truestock.local.marketplaces import CLIENT_ID
from truestock.marketplaces import registry

CALLBACK = "http://127.0.0.1:9999/callback"


@dataclass(frozen=True, slots=True)
class Shop:
    """A connected shop; ``listings`` as the importer would map and extract them."""

    api_url: str
    token: str
    account_id: str
    currency: str | None
    listings: tuple[tuple[CanonicalListing, Evidence], ...]


class _Tokens:
    def __init__(self, token: str) -> None:
        self._token = token

    async def current(self) -> str:
        """The one token of this run."""
        return self._token

    async def refused(self, token: str) -> str:
        """Nothing newer."""
        return token


async def connect(sandbox: str) -> Shop:
    """Give consent as the sandbox's first seller and read the whole catalogue."""
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as http:
        token = await _consent(http, sandbox)
        adapter = registry.get("etsy")
        api_url = f"{sandbox}/etsy/v3/application"
        api = adapter.api(http, base_url=api_url, client_id=CLIENT_ID, tokens=_Tokens(token))
        account = await adapter.account(api)
        api = adapter.api(
            http, base_url=api_url, client_id=CLIENT_ID, tokens=_Tokens(token), account_id=account.id
        )
        settings = await adapter.settings(api)
        listings = []
        cursor: str | None = None
        while True:
            page = await adapter.page(api, cursor)
            listings += [(adapter.to_listing(raw, settings), adapter.evidence(raw)) for raw in page.raws]
            cursor = page.next_cursor
            if cursor is None:
                return Shop(api_url, token, account.id, settings.currency, tuple(listings))


async def _consent(http: httpx.AsyncClient, sandbox: str) -> str:
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    params = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "listings_r shops_r",
        "state": "bench",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login": "main",
    }
    sent = await http.get(f"{sandbox}/etsy/oauth/connect", params=params)
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": verifier,
    }
    answer = await http.post(f"{sandbox}/etsy/v3/public/oauth/token", data=form)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
