"""An application that a sandbox's WooCommerce store gives keys to, as a real one."""

import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.authorization import Application
from truestock.marketplaces.interface import MarketplaceAdapter, RateGate
from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings

BASE = "http://127.0.0.1:8200"
CALLBACK = "http://127.0.0.1:9999/v1/oauth/woocommerce/callback"
ADAPTER = registry.get("woocommerce")
OAUTH = ADAPTER.oauth


class WooCommerceSeller:
    """A sandbox in this process; ``posts`` are the keys that arrived, ``status`` what we answer to them."""

    def __init__(self, products: int = 40, seed: int = 7) -> None:
        self.posts: list[httpx.Request] = []
        self.status = 200
        app = build(
            Settings(base=BASE), generate(products, seed), transport=httpx.MockTransport(self._receive)
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request)
        return httpx.Response(self.status)

    def store(self, login: str = "main") -> str:
        """A store's address, in our spelling."""
        return OAUTH.store(f"{BASE}/woocommerce/{login}/") or ""

    async def consent(self, login: str = "main", /, **more: str) -> httpx.Response:
        """What the store's consent page answers; without a decision in ``more`` it asks."""
        application = Application(
            client_id="truestock-local",
            redirect_uri=CALLBACK,
            authorize_url=OAUTH.authorize_url,
            token_url=OAUTH.token_url,
            api_url=ADAPTER.api_url,
        )
        url = OAUTH.consent_url(
            application, state="state-1", challenge="", store=self.store(login), callback_url=CALLBACK
        )
        query = {**dict(parse_qsl(urlsplit(url).query)), **more}
        return await self.http.get(
            url.partition("?")[0], params={name: value for name, value in query.items() if value}
        )

    async def keys(self, login: str = "main", **more: str) -> str:
        """Consent, and the pair of keys that was posted."""
        answer = await self.consent(login, approve="1", **more)
        assert answer.status_code == 302, answer.text
        return OAUTH.posted(json.loads(self.posts[-1].content)).answer.access_token

    async def api(self, login: str = "main", **more: str) -> tuple[MarketplaceAdapter, Api]:
        """The adapter, and a client with new keys."""
        api = ADAPTER.api(
            self.http,
            base_url=ADAPTER.api_url,
            client_id="truestock-local",
            tokens=OneToken(await self.keys(login, **more)),
            store=self.store(login),
            gate=RateGate(),
        )
        return ADAPTER, api

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """The sandbox's control API."""
        answer = await self.http.request(method, f"/control{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


def told(answer: httpx.Response) -> dict[str, str]:
    """What a redirect brings back."""
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
