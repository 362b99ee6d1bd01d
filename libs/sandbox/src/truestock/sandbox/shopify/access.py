"""How Shopify knows its callers: a token in a header of its own, good for one shop."""

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.gate import Access, Caller
from truestock.sandbox.oauth.tokens import TokenRefused, TokenStore
from truestock.sandbox.shop import Shop, Shops
from truestock.sandbox.shopify.account import host_of
from truestock.sandbox.shopify.answering import THROTTLED, json_answer
from truestock.sandbox.shopify.limits import Points

_HEADER = "x-shopify-access-token"
_UNKNOWN = "[API] Invalid API key or access token (unrecognized login or wrong password)"


def shop_at(shops: Shops, request: Request) -> Shop | None:
    """The shop whose host the path names."""
    return next((shop for shop in shops if host_of(shop) == request.path_params["host"]), None)


class ShopifyAccess(Access):
    """Shop host and access token; scopes are judged field by field, points by the query."""

    def __init__(self, shops: Shops, tokens: TokenStore, points: Points) -> None:
        self._shops, self._tokens, self._points = shops, tokens, points

    def owner(self, request: Request) -> Shop | None:
        """Whose token it is or was. Raises Refusal (404) where there is no such shop."""
        if shop_at(self._shops, request) is None:
            raise Refusal(404, "Not Found")
        return self._shops.by_user(self._tokens.owner_of_access(request.headers.get(_HEADER, "")))

    def caller(self, app: str, request: Request, scope: str | None) -> Caller:  # noqa: ARG002 # the protocol's
        """The shop, if the token is of this shop."""
        try:
            access = self._tokens.access(request.headers.get(_HEADER, ""))
        except TokenRefused:
            raise Refusal(401, _UNKNOWN) from None
        shop = self._shops.by_user(access.family.user_id)
        if shop is None or shop is not shop_at(self._shops, request):
            raise Refusal(401, _UNKNOWN)
        return Caller(access.family.client_id, shop, access.scopes)

    def worded(self, error: Refusal, request: Request) -> Response:  # noqa: ARG002 # one wording for all
        """``{"errors": …}``; too many requests are told in points, with status 200."""
        if error.status == 429:
            wait = float((error.headers or {}).get("retry-after", "1"))
            cost = self._points.told(wait * self._points.limits.restore_rate, None, 0)
            return json_answer({"errors": [THROTTLED], "extensions": {"cost": cost}})
        return json_answer({"errors": error.error}, error.status)
