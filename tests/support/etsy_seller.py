"""An application that talks to the sandbox's Etsy as a real one does."""

import base64
import hashlib
import secrets
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

APP = "truestock-local"
CALLBACK = "http://127.0.0.1:9999/callback"
SCOPES = "listings_r listings_w shops_r"
CONNECT = "/etsy/oauth/connect"
TOKEN = "/etsy/v3/public/oauth/token"
API = "/etsy/v3/application"


def pkce() -> tuple[str, str]:
    """A verifier and its S256 challenge."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class EtsySeller:
    """``login`` authorizes the application; ``get``, ``put`` and ``patch`` then use its tokens."""

    def __init__(self, app: Starlette, base: str = "http://sandbox.test") -> None:
        self.routes = [route for route in app.routes if isinstance(route, Route)]
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url=base)
        self.tokens: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def consent(self, challenge: str, **changes: str) -> httpx.Response:
        """What the consent endpoint answers; ``changes`` replace or add parameters."""
        params = {
            "response_type": "code",
            "client_id": APP,
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
            "state": "state-1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return await self.http.get(CONNECT, params={name: value for name, value in params.items() if value})

    async def code(self, login: str = "main", **changes: str) -> tuple[str, str]:
        """An authorization code and its verifier."""
        verifier, challenge = pkce()
        answer = await self.consent(challenge, login=login, **changes)
        assert answer.status_code == 302, answer.text
        return told(answer)["code"], verifier

    async def exchange(self, code: str, verifier: str, **changes: str) -> httpx.Response:
        """The token endpoint's answer to a code."""
        form = {
            "grant_type": "authorization_code",
            "client_id": APP,
            "redirect_uri": CALLBACK,
            "code": code,
            "code_verifier": verifier,
            **changes,
        }
        return await self.http.post(TOKEN, data=form)

    async def login(self, login: str = "main", **changes: str) -> dict[str, Any]:
        """Authorize and keep the tokens."""
        answer = await self.exchange(*await self.code(login, **changes))
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self.tokens

    async def refresh(self, token: str | None = None) -> httpx.Response:
        """The token endpoint's answer to a refresh token."""
        form = {
            "grant_type": "refresh_token",
            "client_id": APP,
            "refresh_token": token or self.tokens["refresh_token"],
        }
        return await self.http.post(TOKEN, data=form)

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A call of the API with key and token."""
        headers = {"x-api-key": APP, "authorization": f"Bearer {self.tokens.get('access_token', '')}"}
        headers |= more.pop("headers", {})
        return await self.http.request(method, API + path, headers=headers, **more)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """A read of the API."""
        return await self.call("GET", path, params=params)

    async def control(self, method: str, path: str, **more: Any) -> Any:
        """The control API's answer."""
        answer = await self.http.request(method, "/control" + path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


def told(answer: httpx.Response) -> dict[str, str]:
    """What a redirect tells the application."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
