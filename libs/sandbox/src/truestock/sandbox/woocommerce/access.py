"""How a WooCommerce store knows its callers: HTTP Basic with a consumer key and its secret."""

import base64
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.faults import Disturbed
from truestock.sandbox.gate import Access, Caller
from truestock.sandbox.shop import Shop, Shops
from truestock.sandbox.woocommerce.keys import Keys, same_secret

_NO_KEY = "woocommerce_rest_cannot_view"
_WRONG = "woocommerce_rest_authentication_error"


class WooCommerceAccess(Access):
    """Keys of a store; which store is in the path."""

    def __init__(self, shops: Shops, keys: Keys) -> None:
        self._shops, self._keys = shops, keys

    def owner(self, request: Request) -> Shop | None:
        """The store that is asked."""
        return self._shops.by_login(request.path_params.get("login"))

    def caller(self, app: str, request: Request, scope: str | None) -> Caller:
        """The store's user whose key is shown. A key of another store is as unknown as none."""
        shop = self.owner(request)
        if shop is None:
            raise not_here()
        shown = _basic(request)
        if scope is None:
            if shown:
                # Outside WooCommerce's own paths WordPress takes the pair for a user and a password.
                raise Refusal(401, "invalid_username", "Unknown username. Check again.")
            return Caller(app, shop, frozenset())
        key = self._keys.get(shown[0]) if shown else None
        if shown is None or key is None or key.user_id != shop.user_id:
            raise Refusal(401, _NO_KEY, "Sorry, you cannot list resources.")
        if not same_secret(key, shown[1]):
            raise Refusal(401, _WRONG, "Consumer secret is invalid.")
        if scope not in key.scopes:
            raise Refusal(401, _WRONG, f"The API key provided does not have {scope} permissions.")
        return Caller(key.app, shop, key.scopes)

    def worded(self, error: Refusal, request: Request) -> Response:  # noqa: ARG002 # one wording for all
        """``{"code", "message", "data"}``; a disturbance stands before WordPress and knows no codes."""
        headers = dict(error.headers or {})
        if isinstance(error, Disturbed):
            return Response(HTTPStatus(error.status).phrase, error.status, headers, "text/html")
        body = {"code": error.error, "message": error.description, "data": {"status": error.status}}
        return JSONResponse(body, error.status, headers=headers)


def not_here() -> Refusal:
    """404: no such route."""
    return Refusal(404, "rest_no_route", "No route was found matching the URL and request method.")


def no_product() -> Refusal:
    """404: no such product or variation."""
    return Refusal(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")


def invalid(name: str, why: str) -> Refusal:
    """400: a parameter that cannot be used."""
    return Refusal(400, "rest_invalid_param", f"Invalid parameter(s): {name}. {why}")


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return name, secret
