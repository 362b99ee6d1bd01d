"""How Etsy knows its callers: an API key with a rate limit, and the seller's token."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.etsy.errors import error_response
from truestock.sandbox.etsy.limits import Limiter
from truestock.sandbox.gate import Access, Caller, Counted, bearer_token
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.tokens import TokenRefused, TokenStore
from truestock.sandbox.shop import Shop, Shops


class EtsyAccess(Access):
    """Key, token and limit of Etsy's API; ``apps`` by key."""

    def __init__(
        self, apps: Mapping[str, Client], shops: Shops, tokens: TokenStore, limiter: Limiter
    ) -> None:
        self._apps, self._shops, self._tokens, self._limiter = apps, shops, tokens, limiter

    def application(self, request: Request) -> str:
        """The key of ``x-api-key``."""
        key = request.headers.get("x-api-key", "")
        # Etsy also accepts “keystring:shared secret”.
        app = key.partition(":")[0]
        if not app:
            raise Refusal(401, "Missing x-api-key header or client_id")
        if app not in self._apps:
            raise Refusal(401, "Invalid API key")
        return app

    def owner(self, request: Request) -> Shop | None:
        """The user whose id the token begins with."""
        return self._shops.by_user((bearer_token(request) or "").partition(".")[0])

    def count(self, app: str, shop: Shop | None, request: Request) -> Counted:  # noqa: ARG002 # limits are per key
        """Per application, per second and per day."""
        allowed, headers = self._limiter.count(app)
        return Counted(headers, None if allowed else Refusal(429, "Exceeded quota"))

    def caller(self, app: str, request: Request, scope: str | None) -> Caller:
        """The seller whose token is shown."""
        bearer = bearer_token(request)
        if bearer is None:
            if scope is not None:
                raise Refusal(401, "invalid_token", "access token is missing")
            return Caller(app, None, frozenset())
        try:
            access = self._tokens.access(bearer)
        except TokenRefused as refused:
            raise Refusal(401, "invalid_token", str(refused)) from None
        if access.family.client_id != app:
            raise Refusal(401, "invalid_token", "access token does not belong to this API key")
        if scope is not None and scope not in access.scopes:
            raise Refusal(403, "insufficient_scope", f"access token does not have the scope {scope}")
        return Caller(app, self._shops.by_user(access.family.user_id), access.scopes)

    def worded(self, error: Refusal, request: Request) -> Response:  # noqa: ARG002 # one wording for all
        """``{"error": …}``."""
        return error_response(error)
