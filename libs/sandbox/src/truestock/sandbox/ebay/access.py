"""How eBay knows its callers: by a bearer token, which the Trading API wants in a header of its own."""

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.ebay import markup
from truestock.sandbox.ebay.errors import error_response, exceeded, insufficient, unauthorized
from truestock.sandbox.ebay.limits import Limiter
from truestock.sandbox.ebay.oauth import INVENTORY, INVENTORY_READ
from truestock.sandbox.errors import Refusal
from truestock.sandbox.gate import Access, Caller, Counted, bearer_token
from truestock.sandbox.oauth.tokens import TokenRefused, TokenStore
from truestock.sandbox.shop import Shop, Shops

TRADING = "/ebay/ws/api.dll"
_UNCOUNTED = ("/developer/analytics/", "/commerce/")


class EbayAccess(Access):
    """Token, scope and call limit."""

    def __init__(self, shops: Shops, tokens: TokenStore, limiter: Limiter) -> None:
        self._shops, self._tokens, self._limiter = shops, tokens, limiter

    def owner(self, request: Request) -> Shop | None:
        """Whose token it is or was."""
        return self._shops.by_user(self._tokens.owner_of_access(_token(request) or ""))

    def count(self, app: str, shop: Shop | None, request: Request) -> Counted:  # noqa: ARG002 # counted per seller
        """Per seller; reading the limits costs nothing."""
        if shop is None or any(part in request.url.path for part in _UNCOUNTED):
            return Counted()
        return Counted(refused=None if self._limiter.count(shop.account_id) else exceeded())

    def caller(self, app: str, request: Request, scope: str | None) -> Caller:  # noqa: ARG002 # the protocol's
        """The seller, or the application itself, whose token is shown."""
        token = _token(request)
        if not token:
            raise unauthorized("Missing access token")
        try:
            access = self._tokens.access(token)
        except TokenRefused:
            raise unauthorized() from None
        opened = access.scopes | ({INVENTORY_READ} if INVENTORY in access.scopes else set())
        if scope is not None and scope not in opened:
            raise insufficient()
        return Caller(access.family.client_id, self._shops.by_user(access.family.user_id), opened)

    def worded(self, error: Refusal, request: Request) -> Response:
        """JSON, or XML with a success status where the Trading API refuses."""
        if request.url.path == TRADING and error.status < 500:
            return markup.failure(error)
        return error_response(error)


def _token(request: Request) -> str | None:
    if request.url.path == TRADING:
        return request.headers.get("x-ebay-api-iaf-token")
    return bearer_token(request)
