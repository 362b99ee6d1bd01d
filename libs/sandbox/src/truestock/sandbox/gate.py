"""What every request to a marketplace's API passes: rate limit, faults, credentials, scope, log.

What differs between marketplaces is their ``Access``: whose request it is, what it may do, how it is counted
and how an error is worded.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.faults import BEFORE, Fault, RoomFaults, Where, meet
from truestock.sandbox.requestlog import Entry, RequestLog, now, safe_query
from truestock.sandbox.shop import Shop

__all__ = ["Access", "Caller", "Counted", "Endpoint", "Gate", "Handler", "bearer_token"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the application, and the seller whose credentials it shows (None without any)."""

    app: str
    shop: Shop | None
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counted:
    """One request under the rate limit: headers of its answer, and why it is refused (None: it is not)."""

    headers: Mapping[str, str] = field(default_factory=dict)
    refused: Refusal | None = None


Handler = Callable[[Caller, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Access(ABC):
    """How one marketplace knows its callers; every method may raise Refusal."""

    def application(self, request: Request) -> str:  # noqa: ARG002 # for marketplaces with application keys
        """The application that calls, as far as it says so before its credentials are judged."""
        return ""

    @abstractmethod
    def owner(self, request: Request) -> Shop | None:
        """Whose credentials these look like: their faults apply even before the credentials are judged."""

    @abstractmethod
    def caller(self, app: str, request: Request, scope: str | None) -> Caller:
        """Judge the credentials. ``scope`` None: none are needed, but any that are shown must be valid."""

    def count(self, app: str, shop: Shop | None, request: Request) -> Counted:  # noqa: ARG002 # for marketplaces with limits
        """Count the request under the marketplace's rate limit."""
        return Counted()

    @abstractmethod
    def worded(self, error: Refusal, request: Request) -> Response:
        """The answer to a refused or disturbed request (a ``Disturbed`` when a fault says so)."""


class Gate:
    """Guards the endpoints of one marketplace's API."""

    def __init__(self, marketplace: str, access: Access, faults: RoomFaults, log: RequestLog) -> None:
        self._marketplace, self._access, self._faults, self._log = marketplace, access, faults, log

    def endpoint(self, handler: Handler, scope: str | None = None) -> Endpoint:
        """The handler behind the gate.

        ``scope`` None: no credentials are needed, but any that are shown must be valid.
        """
        access = self._access

        async def guarded(request: Request) -> Response:
            headers: Mapping[str, str] = {}
            shop: Shop | None = None
            app = ""
            fault: Fault | None = None
            detail = None
            try:
                app = access.application(request)
                shop = access.owner(request)
                counted = access.count(app, shop, request)
                headers = counted.headers
                if counted.refused:
                    raise counted.refused
                fault = self._faults.take(BEFORE, shop, request.url.path, Where.API)
                await meet(fault)
                caller = access.caller(app, request, scope)
                app = caller.app
                response = await handler(caller, request)
            except Refusal as error:
                detail = error.error
                response = access.worded(error, request)
            for name, value in headers.items():
                response.headers.setdefault(name, value)
            self._record(request, response, app or None, shop, fault, detail)
            return response

        return guarded

    def _record(
        self,
        request: Request,
        response: Response,
        app: str | None,
        shop: Shop | None,
        fault: Fault | None,
        detail: str | None,
    ) -> None:
        self._log.record(
            Entry(
                at=now(),
                marketplace=self._marketplace,
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


def bearer_token(request: Request) -> str | None:
    """The token of an ``Authorization: Bearer`` header; None without one."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None
