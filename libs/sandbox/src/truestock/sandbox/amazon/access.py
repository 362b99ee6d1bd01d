"""How Amazon knows its callers: by an access token in a header of its own."""

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.amazon.errors import error_response, unauthorized
from truestock.sandbox.amazon.limits import Limiter
from truestock.sandbox.errors import Refusal
from truestock.sandbox.gate import Access, Caller, Counted
from truestock.sandbox.oauth.tokens import TokenRefused, TokenStore
from truestock.sandbox.shop import Shop, Shops

_HEADER = "x-amz-access-token"


class AmazonAccess(Access):
    """Token, role and usage plan of the Selling Partner API."""

    def __init__(self, shops: Shops, tokens: TokenStore, limiter: Limiter) -> None:
        self._shops, self._tokens, self._limiter = shops, tokens, limiter

    def owner(self, request: Request) -> Shop | None:
        """Whose token it is or was."""
        return self._shops.by_user(self._tokens.owner_of_access(request.headers.get(_HEADER, "")))

    def count(self, app: str, shop: Shop | None, request: Request) -> Counted:  # noqa: ARG002 # one application here
        """Per seller and operation; strangers are refused before they are counted."""
        if shop is None:
            return Counted()
        allowed, headers = self._limiter.count(shop.account_id, request.url.path)
        return Counted(headers, None if allowed else Refusal(429, "QuotaExceeded"))

    def caller(self, app: str, request: Request, scope: str | None) -> Caller:  # noqa: ARG002 # as above
        """The seller whose token is shown."""
        token = request.headers.get(_HEADER)
        if not token:
            raise unauthorized("Access token is missing in the request header.")
        try:
            access = self._tokens.access(token)
        except TokenRefused as refused:
            expired = "expired" in str(refused)
            state = "has expired" if expired else "is revoked, malformed or invalid"
            raise unauthorized(f"The access token you provided {state}.") from None
        if scope is not None and scope not in access.scopes:
            raise unauthorized()
        return Caller(access.family.client_id, self._shops.by_user(access.family.user_id), access.scopes)

    def worded(self, error: Refusal, request: Request) -> Response:  # noqa: ARG002 # one wording for all
        """``{"errors": […]}``."""
        return error_response(error)
