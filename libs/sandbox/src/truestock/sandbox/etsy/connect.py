"""Etsy's OAuth endpoints: the consent page and the token endpoint."""

import json
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from truestock.sandbox.etsy.consent import consent_page, message_page
from truestock.sandbox.etsy.errors import EtsyError, error_response
from truestock.sandbox.etsy.oauth import EtsyServer
from truestock.sandbox.etsy.shop import EtsyShop
from truestock.sandbox.faults import BEFORE, Disturbed, Fault, FaultKind, Faults, Where, meet
from truestock.sandbox.oauth.calls import read_call
from truestock.sandbox.oauth.server import Call, OAuth2Error
from truestock.sandbox.requestlog import Entry, RequestLog, now


class Connect:
    """Consent and tokens; ``shops`` by user id."""

    def __init__(
        self, server: EtsyServer, shops: dict[int, EtsyShop], faults: Faults, log: RequestLog
    ) -> None:
        self._server, self._shops, self._faults, self._log = server, shops, faults, log

    async def authorize(self, request: Request) -> Response:
        """``/etsy/oauth/connect``.

        Without a browser: ``login=<account login>`` approves at once and ``deny=1`` denies; ``grant_scopes=``
        (space or comma separated) lets the seller grant fewer scopes than were asked for.
        """
        call = await read_call(request)
        if "grant_scopes" in call.params:
            call = _reduced(call)
        try:
            grant = self._server.get_consent_grant(call)
        except OAuth2Error as error:
            return self._server.refuse(call, error)
        except ValueError:
            # Authlib cannot word an error about an address with characters that errors must not contain.
            return message_page("The redirect address is not registered for this application.", 400)
        if call.params.get("deny") == "1" or call.params.get("decision") == "deny":
            return self._answer(None, grant)
        login = call.params.get("login")
        decided = request.method == "POST" or request.query_params.get("login") is not None
        if not decided:
            scopes = (call.params.get("scope") or "").split()
            return consent_page(call.params["client_id"], scopes, self._shops.values())
        for shop in self._shops.values():
            if shop.login == login:
                return self._answer(shop.user_id, grant)
        return message_page(f"There is no seller account with the login {login!r} here.", 404)

    def _answer(self, user: int | None, grant: Any) -> Response:
        request = grant.request
        response: Response = self._server.create_authorization_response(request, grant_user=user, grant=grant)
        return response

    async def token(self, request: Request) -> Response:
        """``/etsy/v3/public/oauth/token``."""
        call = await read_call(request)
        user = self._user(call)
        account = self._shops[user].account_id if user is not None else None
        path = request.url.path
        grant = call.params.get("grant_type", "")
        fault = self._faults.take(BEFORE, account, Where.TOKEN, path)
        try:
            await meet(fault)
            response = self._token_response(call)
        except (EtsyError, Disturbed) as error:
            response = error_response(error)
        outcome = "ok" if response.status_code == 200 else _error_of(response)
        lost = self._faults.take((FaultKind.LOST_TOKEN_ANSWER,), account, Where.TOKEN, path)
        self._log.count_token("etsy", account, grant, outcome)
        self._record(request, response.status_code, account, grant, fault or lost, outcome)
        return LostAnswer() if lost else response

    def _token_response(self, call: Call) -> Response:
        try:
            response: Response = self._server.create_token_response(call)
        except ValueError:
            raise EtsyError(400, "invalid_request", "the request cannot be read") from None
        return response

    def _user(self, call: Call) -> int | None:
        """Whose tokens are asked for, before the request is judged: their faults apply."""
        if refresh := call.params.get("refresh_token"):
            return self._server.store.owner_of_refresh(refresh)
        code = self._server.codes.get(call.params.get("code", ""))
        return code.user if code else None

    def _record(
        self,
        request: Request,
        status: int,
        account: str | None,
        grant: str,
        fault: Fault | None,
        outcome: str,
    ) -> None:
        kind = fault.kind.value if fault else None
        self._log.record(
            Entry(
                now(),
                "etsy",
                "POST",
                request.url.path,
                {"grant_type": grant},
                status,
                account,
                None,
                kind,
                outcome,
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


def _error_of(response: Response) -> str:
    body = json.loads(bytes(response.body) or b"{}")
    return str(body.get("error", response.status_code))
