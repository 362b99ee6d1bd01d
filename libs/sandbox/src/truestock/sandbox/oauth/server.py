"""Authlib's framework-neutral authorization server, bound to Starlette and narrowed to what RFC 9700 advises.

PKCE is with S256 only, and required unless a marketplace knows it not: it is honoured then where it is used.
An authorization code works once; using it again takes back what it gave.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped] # Authlib ships no types
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped] # as above
    AuthorizationServer,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import (  # type: ignore[import-untyped] # as above
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc6749.requests import (  # type: ignore[import-untyped] # as above
    BasicOAuth2Payload,
)
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped] # as above
from starlette.responses import JSONResponse, Response

from truestock.sandbox.oauth.clients import Client

# Authlib writes issued tokens to its debug log.
logging.getLogger("authlib").setLevel(logging.INFO)

AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")
CODE_LIFETIME = 600.0  # seconds, the maximum that RFC 6749 §4.1.2 recommends


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to an OAuth endpoint, as far as OAuth looks at it."""

    method: str
    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str]
    repeated: frozenset[str] = frozenset()


@dataclass(slots=True)
class Code:
    """An authorization code: Authlib's ``AuthorizationCodeMixin`` protocol and what PKCE compares."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    user: Any
    code_challenge: str | None
    code_challenge_method: str | None
    expires_at: float
    used: bool = False
    grant_id: str = field(default="")

    def get_redirect_uri(self) -> str:
        """Where the code was sent; the token request repeats it."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What the person granted."""
        return self.scope


class OnlyS256(CodeChallenge):  # type: ignore[misc] # Authlib ships no types
    """PKCE with S256, never plain; without it only where it is not required."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Raises InvalidRequestError before anything is shown to the person."""
        params = grant.request.payload.data
        if not self.required and not (params.get("code_challenge") or params.get("code_challenge_method")):
            return
        if not params.get("code_challenge"):
            raise InvalidRequestError("PKCE is required: send a code_challenge")
        if params.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required with code_challenge_method=S256")
        super().validate_code_challenge(grant, redirect_uri)


class Server(AuthorizationServer):  # type: ignore[misc] # Authlib ships no types
    """An authorization server; ``clients`` by id, ``now`` in seconds.

    ``issue(client, user, scope, request)`` makes the token answer; ``take_back(code)`` is told about a code
    that was used twice.
    """

    def __init__(
        self,
        clients: Mapping[str, Client],
        now: Callable[[], float],
        issue: Callable[[Client, Any, str, Any], dict[str, Any]],
        take_back: Callable[[Code], None],
        *,
        pkce_required: bool = True,
    ) -> None:
        super().__init__()
        self.clients, self.now, self.issue, self.take_back = clients, now, issue, take_back
        self.codes: dict[str, Code] = {}
        self.register_grant(CodeGrant, [OnlyS256(required=pkce_required)])

    def query_client(self, client_id: str) -> Client | None:
        """Authlib's hook."""
        return self.clients.get(client_id)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Nothing to do: ``issue`` keeps what it makes."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> Any:
        """Translate a Call; Authlib's own requests pass through."""
        if isinstance(request, OAuth2Request):
            return request
        call: Call = request
        # Authlib refuses addresses without TLS; on loopback the sandbox has none.
        translated = _Request(call.method, "https:" + call.url.partition(":")[2], headers=dict(call.headers))
        translated.payload = _Payload(call)
        return translated

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        """A Starlette response; redirects carry an empty body."""
        named = dict(headers or [])
        if isinstance(body, dict):
            named.pop("Content-Type", None)
            return JSONResponse(body, status, headers=named)
        return Response(body, status, headers=named)

    def refuse(self, call: Call, error: Exception) -> Response:
        """The answer to a refused authorization request: a redirect only where the address was verified."""
        response: Response = self.handle_error_response(self.create_oauth2_request(call), error)
        return response


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc] # Authlib ships no types
    """Authorization code, for public and confidential clients."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Keep the code with what the person agreed to."""
        data = request.payload.data
        self.server.codes[code] = Code(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=data["redirect_uri"],
            scope=request.scope or "",
            user=request.user,
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
            expires_at=self.server.now() + CODE_LIFETIME,
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """The code, if it is this client's, unexpired and unused."""
        found: Code | None = self.server.codes.get(code)
        if found is None or found.client_id != client.client_id or found.expires_at <= self.server.now():
            return None
        if found.used:
            self.server.take_back(found)
            return None
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Remember the code as used, so that a second use is noticed."""
        authorization_code.used = True

    def authenticate_user(self, authorization_code: Code) -> Any:
        """Who granted the code."""
        return authorization_code.user

    def generate_token(self, user: Any = None, scope: str | None = None, **_: Any) -> dict[str, Any]:
        """Ask the marketplace (or the issuer) for its token answer."""
        answer: dict[str, Any] = self.server.issue(self.request.client, user, scope or "", self.request)
        return answer


class _Request(OAuth2Request):  # type: ignore[misc] # Authlib ships no types
    @property
    def args(self) -> Mapping[str, str]:
        return self.payload.data  # type: ignore[no-any-return] # Authlib ships no types

    @property
    def form(self) -> Mapping[str, str]:
        return self.payload.data  # type: ignore[no-any-return] # Authlib ships no types


class _Payload(BasicOAuth2Payload):  # type: ignore[misc] # Authlib ships no types
    def __init__(self, call: Call) -> None:
        super().__init__(dict(call.params))
        for name in call.repeated:
            self._datalist[name] = ["", ""]


__all__ = [
    "AUTH_METHODS",
    "Call",
    "ClientCredentialsGrant",
    "Code",
    "InvalidGrantError",
    "InvalidRequestError",
    "OAuth2Error",
    "RefreshTokenGrant",
    "Server",
]
