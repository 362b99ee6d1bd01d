"""An application that talks to the sandbox's Amazon as a real one does."""

from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
from starlette.applications import Starlette

APP = "truestock-local"
SECRET = "truestock-local-secret"
CALLBACK = "http://127.0.0.1:9999/callback"
CONSENT = "/amazon/apps/authorize/consent"
TOKEN = "/amazon/auth/o2/token"
API = "/amazon"


class AmazonSeller:
    """``login`` authorizes the application; ``get`` then uses its tokens."""

    def __init__(self, app: Starlette, base: str = "http://sandbox.test") -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url=base)
        self.tokens: dict[str, Any] = {}
        self.seller = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def consent(self, **changes: str) -> httpx.Response:
        """What the consent page answers; ``changes`` replace or add parameters, "" takes one away."""
        params = {"application_id": APP, "redirect_uri": CALLBACK, "state": "state-1", **changes}
        return await self.http.get(CONSENT, params={name: value for name, value in params.items() if value})

    async def exchange(self, code: str, **changes: str) -> httpx.Response:
        """The token endpoint's answer to a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return await self.http.post(TOKEN, data=form | {"client_id": APP, "client_secret": SECRET} | changes)

    async def refresh(self, **changes: str) -> httpx.Response:
        """The token endpoint's answer to the refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]}
        return await self.http.post(TOKEN, data=form | {"client_id": APP, "client_secret": SECRET} | changes)

    async def login(self, login: str = "main", **changes: str) -> None:
        """Authorize; keep the tokens and the seller's id."""
        back = told(await self.consent(login=login, **changes))
        answer = await self.exchange(back["spapi_oauth_code"])
        assert answer.status_code == 200, answer.text
        self.tokens, self.seller = answer.json(), back["selling_partner_id"]

    async def get(self, path: str, token: str | None = None, **params: Any) -> httpx.Response:
        """A read of the API."""
        shown = self.tokens.get("access_token", "") if token is None else token
        return await self.http.get(API + path, params=params, headers={"x-amz-access-token": shown})

    async def items(self, **params: Any) -> httpx.Response:
        """A search of the seller's items on its marketplace."""
        given = {"marketplaceIds": "ATVPDKIKX0DER", **params}
        return await self.get(f"/listings/2021-08-01/items/{self.seller}", **given)

    async def control(self, method: str, path: str, **more: Any) -> Any:
        """The control API's answer."""
        answer = await self.http.request(method, "/control" + path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


def told(answer: httpx.Response) -> dict[str, str]:
    """What a redirect tells the application."""
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
