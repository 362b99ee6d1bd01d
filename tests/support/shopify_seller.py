"""An application that connects a shop of the sandbox's Shopify as the connector does."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
from starlette.applications import Starlette

from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.authorization import Application, FormRequest, TokenAnswer
from truestock.marketplaces.interface import MarketplaceAdapter, RateGate
from truestock.marketplaces.shopify.oauth import OAUTH

BASE = "http://sandbox.test"
ROOM = f"{BASE}/shopify/{{store}}"
MAIN = "harbour-and-thread.myshopify.com"
SECOND = "nordlicht-keramik.myshopify.com"
APP = Application(
    client_id="truestock-local",
    client_secret="truestock-local-secret",
    redirect_uri="http://127.0.0.1:9999/callback",
    authorize_url=f"{ROOM}/admin/oauth/authorize",
    token_url=f"{ROOM}/admin/oauth/access_token",
    api_url=ROOM,
)


class ShopifySeller:
    """``connect`` gets tokens for a shop; ``api`` reads it, ``ask`` sends a query of the test's own."""

    def __init__(self, app: Starlette, store: str = MAIN) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=True))
        self.store = store
        self.tokens: TokenAnswer | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def consent(self, login: str = "main", **more: str) -> httpx.Response:
        """What the consent page answers; empty ``login``: nobody decided yet."""
        url = OAUTH.consent_url(APP, state="state-1", challenge="", store=self.store, callback_url="")
        query = dict(parse_qsl(urlsplit(url).query)) | {"login": login} | more
        return await self.http.get(
            url.partition("?")[0], params={name: value for name, value in query.items() if value}
        )

    async def code(self, login: str = "main", **more: str) -> str:
        """The code of a callback that the adapter accepts."""
        answer = await self.consent(login, **more)
        assert answer.status_code == 302, answer.text
        query = parse_qsl(urlsplit(answer.headers["location"]).query)
        return OAUTH.returned(APP, query, store=self.store, now=datetime.now(UTC)).code

    async def send(self, request: FormRequest) -> httpx.Response:
        """The token endpoint's answer."""
        return await self.http.request(request.method, request.url, data=dict(request.form))

    async def connect(self, login: str = "main", **more: str) -> TokenAnswer:
        """Consent and tokens."""
        code = await self.code(login, **more)
        answer = await self.send(OAUTH.exchange(APP, code=code, verifier="", store=self.store))
        assert answer.status_code == 200, answer.text
        self.tokens = OAUTH.tokens(answer.json(), keep=None)
        return self.tokens

    async def refresh(self, token: str | None = None) -> httpx.Response:
        """The answer to a refresh token."""
        held = self.tokens.refresh_token if self.tokens else None
        return await self.send(OAUTH.refresh(APP, refresh_token=token or held or "", store=self.store))

    def api(self, watch: Callable[[httpx.Response], Any] | None = None) -> tuple[MarketplaceAdapter, Api]:
        """The adapter and a client with the tokens; ``watch`` sees every answer."""
        adapter, http = registry.get("shopify"), self.http
        if watch is not None:

            async def seen(response: httpx.Response) -> None:
                await response.aread()
                watch(response)

            http.event_hooks = {"response": [seen]}
        token = self.tokens.access_token if self.tokens else ""
        api = adapter.api(
            http,
            base_url=APP.api_url,
            client_id=APP.client_id,
            tokens=OneToken(token),
            store=self.store,
            gate=RateGate(),
        )
        return adapter, api

    async def ask(self, query: str, /, **variables: Any) -> Any:
        """The decoded answer to a query."""
        return (await self.post(json={"query": query, "variables": variables})).json()

    async def post(self, *, token: str | None = None, **content: Any) -> httpx.Response:
        """A request to the GraphQL endpoint."""
        held = self.tokens.access_token if self.tokens else ""
        url = f"{APP.api_at(self.store)}/admin/api/2024-04/graphql.json"
        headers = {"x-shopify-access-token": held if token is None else token}
        return await self.http.post(url, headers=headers, **content)

    async def control(self, method: str, path: str, **more: Any) -> Any:
        """The control API's answer."""
        answer = await self.http.request(method, f"{BASE}/control{path}", **more)
        assert answer.status_code == 200, answer.text
        return answer.json()
