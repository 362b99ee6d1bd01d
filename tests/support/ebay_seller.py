"""An application that talks to the sandbox's eBay as a real one does, through the adapter's own profile."""

from datetime import timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.authorization import Application, FormRequest
from truestock.marketplaces.ebay.oauth import OAUTH
from truestock.marketplaces.interface import MarketplaceAdapter, RateGate
from truestock.sandbox.app import build
from truestock.sandbox.catalog import Catalog, generate
from truestock.sandbox.settings import Settings

BASE = "http://127.0.0.1:8200"
CALLBACK = "http://127.0.0.1:9999/v1/oauth/ebay/callback"
RUNAME = "Truestock_Local-truestock-local"
NOTICES = "http://127.0.0.1:9999/v1/notices/ebay"
ADAPTER = registry.get("ebay")

APP = Application(
    client_id="truestock-local",
    redirect_uri=RUNAME,
    authorize_url=f"{BASE}/ebay/oauth2/authorize",
    token_url=f"{BASE}/ebay/identity/v1/oauth2/token",
    api_url=f"{BASE}/ebay",
    client_secret="truestock-local-secret",
)


class EbaySeller:
    """A sandbox in this process; ``posts`` are the notices that arrived."""

    def __init__(self, products: int = 40, seed: int = 7, catalog: Catalog | None = None) -> None:
        self.posts: list[httpx.Request] = []
        # A read in process can make a thousand requests a second; tests of the limit set it themselves.
        settings = Settings(
            base=BASE, redirect_uris=(CALLBACK,), webhooks={"ebay": NOTICES}, per_second=1_000_000
        )
        self.app = build(
            settings, catalog or generate(products, seed), transport=httpx.MockTransport(self._receive)
        )
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request)
        return httpx.Response(204)

    async def consent(self, **more: str) -> httpx.Response:
        """What the consent page answers; without a decision in ``more`` it asks."""
        url = OAUTH.consent_url(APP, state="state-1", challenge="", store=None, callback_url=CALLBACK)
        query = {**dict(parse_qsl(urlsplit(url).query)), **more}
        return await self.http.get(url.partition("?")[0], params=query)

    async def send(self, request: FormRequest) -> httpx.Response:
        """A token request of the profile."""
        return await self.http.post(request.url, data=dict(request.form), headers=dict(request.headers))

    async def tokens(self, login: str = "main", **more: str) -> dict[str, Any]:
        """Consent, and the token answer."""
        back = told(await self.consent(login=login, **more))
        answer = await self.send(OAUTH.exchange(APP, code=back["code"], verifier="", store=None))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def api(self, login: str = "main", **more: str) -> tuple[MarketplaceAdapter, Api]:
        """The adapter, and a client with a new token."""
        token = (await self.tokens(login, **more))["access_token"]
        api = ADAPTER.api(
            self.http,
            base_url=APP.api_url,
            client_id=APP.client_id,
            tokens=OneToken(token),
            gate=RateGate(longest_wait=timedelta(seconds=1)),
        )
        return ADAPTER, api

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """The sandbox's control API."""
        answer = await self.http.request(method, f"/control{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


def told(answer: httpx.Response) -> dict[str, str]:
    """What a redirect brings back."""
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
