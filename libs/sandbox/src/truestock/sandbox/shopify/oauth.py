"""Shopify's consent page and token endpoint: one of each per shop, and a callback that is signed."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.oauth.connect import Connect, error_of
from truestock.sandbox.oauth.redirects import Query, retold
from truestock.sandbox.oauth.server import Call
from truestock.sandbox.oauth.tokenserver import TokenServer
from truestock.sandbox.requestlog import RequestLog
from truestock.sandbox.shop import Shop, Shops
from truestock.sandbox.shopify.access import shop_at
from truestock.sandbox.shopify.account import host_of

SCOPES = frozenset(
    f"{action}_{what}" for what in ("products", "inventory", "locations") for action in ("read", "write")
)
_CODE = "authorization_code"
_USED = "The authorization code was not found or was already used"


class ShopifyConnect(Connect):
    """Scopes are separated by commas, the path names the shop; ``secret`` signs the callback."""

    def __init__(
        self,
        server: TokenServer,
        shops: Shops,
        faults: RoomFaults,
        log: RequestLog,
        *,
        secret: str,
        now: Callable[[], float],
    ) -> None:
        super().__init__("shopify", "Shopify", server, shops, faults, log)
        self._secret, self._now = secret.encode(), now

    async def read(self, request: Request) -> Call:
        """The request in the standard's words. Raises Refusal for a shop that there is not."""
        shop = shop_at(self.shops, request)
        if shop is None:
            raise Refusal(404, "invalid_shop", "There is no shop at this address.")
        call = await super().read(request)
        if request.url.path.endswith("/access_token"):
            return self._of(shop, call)
        scope = " ".join((call.params.get("scope") or "").replace(",", " ").split())
        return replace(call, params={**call.params, "response_type": "code", "scope": scope})

    def _of(self, shop: Shop, call: Call) -> Call:
        """A token request: for this shop only, with tokens that expire."""
        params = dict(call.params)
        grant = params.setdefault("grant_type", _CODE)
        if grant == _CODE:
            code = self.server.codes.get(params.get("code", ""))
            if code is None or code.user != shop.user_id:
                raise Refusal(400, "invalid_request", _USED)
            if params.get("expiring") != "1":
                raise Refusal(400, "invalid_request", "A public application asks for tokens with expiring=1")
            params.setdefault("redirect_uri", code.redirect_uri)
        elif self.server.store.owner_of_refresh(params.get("refresh_token", "")) not in (None, shop.user_id):
            raise Refusal(400, "invalid_grant", "The refresh token is of another shop")
        return replace(call, params=params)

    def choice(self, request: Request, call: Call) -> Iterable[Shop]:  # noqa: ARG002 # the hook's
        """The shop whose page it is."""
        shop = shop_at(self.shops, request)
        return [shop] if shop else []

    def granted(self, response: Response, shop: Shop | None, call: Call) -> Response:  # noqa: ARG002 # as above
        """The redirect with the shop, the time and the signature over all of it."""
        if shop is None:
            return response
        admin = f"admin.shopify.com/store/{host_of(shop).partition('.')[0]}"
        more = {
            "shop": host_of(shop),
            "host": base64.b64encode(admin.encode()).decode().rstrip("="),
            "timestamp": str(int(self._now())),
        }

        def signed(query: Query) -> Query:
            told = dict(query) | more
            return [*told.items(), ("hmac", self._signature(told))]

        return retold(response, signed)

    def _signature(self, query: dict[str, str]) -> str:
        escaped = {
            name.replace("%", "%25").replace("&", "%26").replace("=", "%3D"): value.replace(
                "%", "%25"
            ).replace("&", "%26")
            for name, value in query.items()
        }
        message = "&".join(sorted(f"{name}={value}" for name, value in escaped.items()))
        return hmac.new(self._secret, message.encode(), hashlib.sha256).hexdigest()

    def answered(self, response: Response, shop: Shop | None, call: Call) -> Response:  # noqa: ARG002 # the hook's
        """A code that is not good any more is an invalid request here."""
        if call.params.get("grant_type") == _CODE and error_of(response) == "invalid_grant":
            return JSONResponse({"error": "invalid_request", "error_description": _USED}, 400)
        return response
