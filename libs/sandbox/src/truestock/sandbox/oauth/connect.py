"""A marketplace's two OAuth endpoints: the consent page and the token endpoint.

A marketplace that differs from RFC 6749 overrides the hooks: ``read`` translates its request into the
standard's parameters, ``granted`` and ``answered`` translate the answers back, ``refused`` words an error.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from truestock.sandbox.errors import Refusal
from truestock.sandbox.faults import BEFORE, Fault, FaultKind, RoomFaults, Where, meet
from truestock.sandbox.oauth.calls import read_call
from truestock.sandbox.oauth.consent import consent_page, message_page
from truestock.sandbox.oauth.server import Call, OAuth2Error
from truestock.sandbox.oauth.tokenserver import TokenServer
from truestock.sandbox.requestlog import Entry, RequestLog, now
from truestock.sandbox.shop import Shop, Shops


class Connect:
    """Consent and tokens of one marketplace: its ``name`` and, as people read it, its ``title``."""

    def __init__(
        self, name: str, title: str, server: TokenServer, shops: Shops, faults: RoomFaults, log: RequestLog
    ) -> None:
        self.name, self.title = name, title
        self.server, self.shops = server, shops
        self._faults, self._log = faults, log

    async def read(self, request: Request) -> Call:
        """The request in the standard's words. Raises Refusal."""
        return await read_call(request)

    def choice(self, request: Request, call: Call) -> Iterable[Shop]:  # noqa: ARG002 # for overriding
        """The accounts that this consent page may choose from."""
        return self.shops

    def granted(self, response: Response, shop: Shop | None, call: Call) -> Response:  # noqa: ARG002 # as above
        """The redirect back to the application; ``shop`` None: denied."""
        return response

    def answered(self, response: Response, shop: Shop | None, call: Call) -> Response:  # noqa: ARG002 # as above
        """The token endpoint's answer, also where it is an error of the standard."""
        return response

    def refused(self, error: Refusal) -> Response:
        """The answer to a token request that was refused or disturbed before the standard applied."""
        body = {"error": error.error}
        if error.description:
            body["error_description"] = error.description
        return JSONResponse(body, error.status, headers=dict(error.headers or {}))

    async def authorize(self, request: Request) -> Response:
        """The consent page.

        Without a browser: ``login=<account login>`` approves at once and ``deny=1`` denies; ``grant_scopes=``
        (space or comma separated) lets the seller grant fewer scopes than were asked for.
        """
        try:
            call = await self.read(request)
        except Refusal as error:
            return message_page(self.title, error.description or error.error, error.status)
        if "grant_scopes" in call.params:
            call = _reduced(call)
        try:
            grant = self.server.get_consent_grant(call)
        except OAuth2Error as error:
            return self.server.refuse(call, error)
        except ValueError:
            # Authlib cannot word an error about an address with characters that errors must not contain.
            return message_page(
                self.title, "The redirect address is not registered for this application.", 400
            )
        if call.params.get("deny") == "1" or call.params.get("decision") == "deny":
            return self._answer(None, grant, call)
        login = call.params.get("login")
        decided = request.method == "POST" or request.query_params.get("login") is not None
        choice = self.choice(request, call)
        if not decided:
            scopes = (call.params.get("scope") or "").split()
            return consent_page(self.title, call.params["client_id"], scopes, choice)
        for shop in choice:
            if shop.login == login:
                return self._answer(shop, grant, call)
        return message_page(self.title, f"There is no seller account with the login {login!r} here.", 404)

    def _answer(self, shop: Shop | None, grant: Any, call: Call) -> Response:
        response: Response = self.server.create_authorization_response(
            grant.request, grant_user=shop.user_id if shop else None, grant=grant
        )
        return self.granted(response, shop, call)

    async def token(self, request: Request) -> Response:
        """The token endpoint."""
        path, shop, grant, fault = request.url.path, None, "", None
        try:
            call = await self.read(request)
            grant = call.params.get("grant_type", "")
            shop = self._owner(call)
            fault = self._faults.take(BEFORE, shop, path, Where.TOKEN)
            await meet(fault)
            response = self.answered(self._token_response(call), shop, call)
        except Refusal as error:
            response = self.refused(error)
        outcome = "ok" if response.status_code == 200 else error_of(response)
        lost = self._faults.take((FaultKind.LOST_TOKEN_ANSWER,), shop, path, Where.TOKEN)
        self._log.count_token(self.name, shop.account_id if shop else None, grant, outcome)
        self._record(path, response.status_code, shop, grant, fault or lost, outcome)
        return LostAnswer() if lost else response

    def _token_response(self, call: Call) -> Response:
        try:
            response: Response = self.server.create_token_response(call)
        except ValueError:
            raise Refusal(400, "invalid_request", "the request cannot be read") from None
        return response

    def _owner(self, call: Call) -> Shop | None:
        """Whose tokens are asked for, before the request is judged: their faults apply."""
        if refresh := call.params.get("refresh_token"):
            return self.shops.by_user(self.server.store.owner_of_refresh(refresh))
        code = self.server.codes.get(call.params.get("code", ""))
        return self.shops.by_user(code.user) if code else None

    def _record(
        self, path: str, status: int, shop: Shop | None, grant: str, fault: Fault | None, outcome: str
    ) -> None:
        self._log.record(
            Entry(
                at=now(),
                marketplace=self.name,
                method="POST",
                path=path,
                query={"grant_type": grant},
                status=status,
                account=shop.account_id if shop else None,
                fault=fault.kind.value if fault else None,
                detail=outcome,
            )
        )


class LostAnswer(Response):
    """The work was done, but the connection breaks before the answer arrives."""

    def __init__(self) -> None:
        super().__init__(b"", 200)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Promise a body and never send it: the server closes the connection."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"400")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"access_', "more_body": True})


def _reduced(call: Call) -> Call:
    asked = (call.params.get("scope") or "").split()
    granted = call.params["grant_scopes"].replace(",", " ").split()
    kept = " ".join(scope for scope in asked if scope in granted)
    return replace(call, params={**call.params, "scope": kept})


def error_of(response: Response) -> str:
    """The error code of a token endpoint's answer, or its status in digits where it says none."""
    try:
        body = json.loads(bytes(response.body) or b"{}")
    except ValueError:
        body = None
    return str(body.get("error", response.status_code) if isinstance(body, dict) else response.status_code)
