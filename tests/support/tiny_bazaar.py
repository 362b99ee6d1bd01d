"""The smallest marketplace that the sandbox can carry, and an application that talks to it."""

import base64
import hashlib
import hmac
import itertools
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from truestock.sandbox import shop as neutral
from truestock.sandbox.catalog import Catalog, Product
from truestock.sandbox.errors import Refusal
from truestock.sandbox.gate import Access, Caller, Counted, Gate, bearer_token
from truestock.sandbox.marketplace import Marketplace, Surroundings
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.connect import Connect
from truestock.sandbox.oauth.tokens import Prefixed, TokenRefused, TokenSettings, TokenStore
from truestock.sandbox.oauth.tokenserver import TokenServer
from truestock.sandbox.photos import photo_url
from truestock.sandbox.shop import IdKind, Shop, Shops

APP, SECRET = "truestock-local", "truestock-local-secret"
CALLBACK = "http://127.0.0.1:9999/callback"


@dataclass(slots=True)
class BazaarLimits:
    """Requests that each account may make."""

    per_account: int = 1_000


class BazaarAccess(Access):
    """Tokens without application keys; each account is counted for itself."""

    def __init__(self, shops: Shops, tokens: TokenStore, limits: BazaarLimits) -> None:
        self._shops, self._tokens, self._limits = shops, tokens, limits
        self._made = 0

    def owner(self, request: Request) -> Shop | None:
        return self._shops.by_user(self._tokens.owner_of_access(bearer_token(request) or ""))

    def count(self, app: str, shop: Shop | None, request: Request) -> Counted:
        self._made += 1
        left = self._limits.per_account - self._made
        return Counted({"x-left": str(left)}, Refusal(429, "too many") if left < 0 else None)

    def caller(self, app: str, request: Request, scope: str | None) -> Caller:
        try:
            access = self._tokens.access(bearer_token(request) or "")
        except TokenRefused as refused:
            raise Refusal(401, str(refused)) from None
        if scope is not None and scope not in access.scopes:
            raise Refusal(403, scope)
        return Caller(access.family.client_id, self._shops.by_user(access.family.user_id), access.scopes)

    def worded(self, error: Refusal, request: Request) -> Response:
        return JSONResponse({"wrong": error.error}, error.status, dict(error.headers or {}))


class Bazaar(Marketplace):
    """Shows items with their stock under ``/bazaar/items``; titles have at most 20 characters."""

    name = "bazaar"

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self.shops, self.limits = Shops(), BazaarLimits()
        self.token_settings = TokenSettings(access_ttl=60.0, refresh_ttl=None, rotate=False)
        self.tokens: TokenStore = TokenStore(self.token_settings, Prefixed("Ba|", "Br|"), around.now)
        client = Client(
            around.client_id,
            secret=around.client_secret,
            scopes=frozenset({"read", "write"}),
            methods=("client_secret_basic",),
        )
        server = TokenServer({APP: client}, self.tokens, around.now, pkce_required=False)
        self._connect = Connect("bazaar", "Bazaar", server, self.shops, around.faults, around.log)
        access = BazaarAccess(self.shops, self.tokens, self.limits)
        self._gate = Gate("bazaar", access, around.faults, around.log)

    def open_shop(self, number: int, *, login: str, name: str, currency: str) -> Shop:
        ids = itertools.count(1)

        def new_id(kind: IdKind) -> str:
            return f"{kind.value[0]}{number}-{next(ids)}"

        return Shop(
            "bazaar",
            number,
            login=login,
            name=name,
            currency=currency,
            account_id=f"B{number:04d}",
            new_id=new_id,
        )

    def stock(self, shop: Shop, catalog: Catalog) -> None:
        neutral.stock(shop, catalog, adapt=_adapt)

    def describe(self, shop: Shop) -> dict[str, Any]:
        return {"stall": shop.number}

    def routes(self) -> list[Route]:
        return [
            Route("/bazaar/oauth/authorize", self._connect.authorize),
            Route("/bazaar/oauth/token", self._connect.token, methods=["POST"]),
            Route("/bazaar/items", self._gate.endpoint(self._items, "read")),
        ]

    async def _items(self, caller: Caller, request: Request) -> Response:
        assert caller.shop is not None
        shop, faults, path = caller.shop, self._around.faults, request.url.path
        listings = shop.in_state()
        items = [
            {
                "id": listing.id,
                "title": listing.title,
                "stock": listing.quantity,
                "photos": [photo_url(self._around.base, "bazaar", image.id) for image in listing.images],
            }
            for listing in faults.page(listings, shop, path)
        ]
        return JSONResponse({"items": items, "total": faults.total(len(listings), shop, path)})

    async def removed(self, shop: Shop) -> None:
        await self._tell(shop, "removed")

    async def closed(self, shop: Shop) -> None:
        await self._tell(shop, "closed")

    async def _tell(self, shop: Shop, what: str) -> None:
        body = f'{{"{what}":"{shop.account_id}"}}'.encode()
        signature = hmac.new(self._around.client_secret.encode(), body, hashlib.sha256).hexdigest()
        await self._around.notices.send("bazaar", body, {"x-signature": signature}, account=shop.account_id)


def _adapt(product: Product) -> Product:
    return replace(product, title=product.title[:20])


class BazaarClient:
    """An application of the bazaar."""

    def __init__(self, app: Starlette, base: str) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)
        self.tokens: dict[str, Any] = {}

    async def consent(self, login: str = "main", **changes: str) -> dict[str, str]:
        """What the redirect tells."""
        params = {
            "response_type": "code",
            "client_id": APP,
            "redirect_uri": CALLBACK,
            "scope": "read write",
            "state": "s",
            "login": login,
            **changes,
        }
        answer = await self.http.get("/bazaar/oauth/authorize", params=params)
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in query.items()}

    async def token(self, secret: str = SECRET, **form: str) -> httpx.Response:
        """The token endpoint's answer, with HTTP Basic as the client authentication."""
        basic = base64.b64encode(f"{APP}:{secret}".encode()).decode()
        return await self.http.post(
            "/bazaar/oauth/token", data=form, headers={"authorization": f"Basic {basic}"}
        )

    async def login(self, login: str = "main", **changes: str) -> dict[str, Any]:
        """Authorize and keep the tokens."""
        code = (await self.consent(login, **changes))["code"]
        answer = await self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self.tokens

    async def refresh(self, **more: str) -> httpx.Response:
        """The token endpoint's answer to the refresh token."""
        return await self.token(
            grant_type="refresh_token", refresh_token=self.tokens["refresh_token"], **more
        )

    async def items(self) -> httpx.Response:
        """A read of the API."""
        headers = {"authorization": f"Bearer {self.tokens['access_token']}"}
        return await self.http.get("/bazaar/items", headers=headers)

    async def control(self, method: str, path: str, **more: Any) -> Any:
        """The control API's answer."""
        answer = await self.http.request(method, "/control" + path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()
