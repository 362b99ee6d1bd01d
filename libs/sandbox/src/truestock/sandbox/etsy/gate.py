"""What every request to Etsy's API passes: key, rate limit, token, injected faults, scope, log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.etsy.errors import EtsyError, error_response
from truestock.sandbox.etsy.limits import Limiter
from truestock.sandbox.etsy.shop import EtsyShop
from truestock.sandbox.etsy.tokens import TokenRefused, TokenStore
from truestock.sandbox.faults import BEFORE, Disturbed, Fault, Faults, Where, meet
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.requestlog import Entry, RequestLog, now, safe_query


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the application, and the seller whose token it shows (None without a token)."""

    app: str
    shop: EtsyShop | None
    scopes: frozenset[str]


Handler = Callable[[Caller, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Gate:
    """Guards the endpoints of Etsy's API."""

    def __init__(
        self,
        apps: dict[str, Client],
        shops: dict[int, EtsyShop],
        tokens: TokenStore,
        limiter: Limiter,
        faults: Faults,
        log: RequestLog,
    ) -> None:
        self._apps, self._shops, self._tokens = apps, shops, tokens
        self._limiter, self._faults, self._log = limiter, faults, log

    def endpoint(self, handler: Handler, scope: str | None = None) -> Endpoint:
        """The handler behind the gate.

        ``scope`` None: no token is needed, but one that is shown must be valid.
        """

        async def guarded(request: Request) -> Response:
            headers: dict[str, str] = {}
            shop: EtsyShop | None = None
            app: str | None = None
            fault: Fault | None = None
            detail = None
            try:
                app = self._application(request)
                allowed, headers = self._limiter.count(app)
                if not allowed:
                    raise EtsyError(429, "Exceeded quota")
                bearer = _bearer(request)
                shop = self._owner(bearer)
                account = shop.account_id if shop else None
                fault = self._faults.take(BEFORE, account, Where.API, request.url.path)
                await meet(fault)
                caller = self._caller(app, bearer, scope)
                response = await handler(caller, request)
            except (EtsyError, Disturbed) as error:
                detail = error.error
                response = error_response(error)
            for name, value in headers.items():
                response.headers.setdefault(name, value)
            self._record(request, response, app, shop, fault, detail)
            return response

        return guarded

    def _application(self, request: Request) -> str:
        key = request.headers.get("x-api-key", "")
        # Etsy also accepts “keystring:shared secret”.
        app = key.partition(":")[0]
        if not app:
            raise EtsyError(401, "Missing x-api-key header or client_id")
        if app not in self._apps:
            raise EtsyError(401, "Invalid API key")
        return app

    def _owner(self, bearer: str | None) -> EtsyShop | None:
        """Whose token it looks like: its faults apply even before the token is judged."""
        user = (bearer or "").partition(".")[0]
        return self._shops.get(int(user)) if user.isascii() and user.isdigit() else None

    def _caller(self, app: str, bearer: str | None, scope: str | None) -> Caller:
        if bearer is None:
            if scope is not None:
                raise EtsyError(401, "invalid_token", "access token is missing")
            return Caller(app, None, frozenset())
        try:
            family = self._tokens.family_of_access(bearer)
        except TokenRefused as refused:
            raise EtsyError(401, "invalid_token", str(refused)) from None
        if family.client_id != app:
            raise EtsyError(401, "invalid_token", "access token does not belong to this API key")
        if scope is not None and scope not in family.scopes:
            raise EtsyError(403, "insufficient_scope", f"access token does not have the scope {scope}")
        return Caller(app, self._shops[family.user_id], family.scopes)

    def _record(
        self,
        request: Request,
        response: Response,
        app: str | None,
        shop: EtsyShop | None,
        fault: Fault | None,
        detail: str | None,
    ) -> None:
        self._log.record(
            Entry(
                at=now(),
                marketplace="etsy",
                method=request.method,
                path=request.url.path,
                query=safe_query(request.query_params.multi_items()),
                status=response.status_code,
                account=shop.account_id if shop else None,
                app=app,
                fault=fault.kind.value if fault else None,
                detail=detail,
            )
        )


def _bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None
