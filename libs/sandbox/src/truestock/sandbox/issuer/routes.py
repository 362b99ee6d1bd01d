"""The issuer's HTTP endpoints under ``/issuer``."""

from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from truestock.sandbox.issuer.server import IssuerServer
from truestock.sandbox.issuer.signing import ALGORITHM, Signer
from truestock.sandbox.oauth.calls import read_call
from truestock.sandbox.oauth.server import OAuth2Error


class IssuerRoutes:
    """Discovery, keys, sign-in and tokens."""

    def __init__(self, server: IssuerServer, signer: Signer) -> None:
        self._server, self._signer = server, signer

    def routes(self) -> list[Route]:
        """All paths of the issuer."""
        return [
            Route("/issuer/.well-known/openid-configuration", self.configuration),
            Route("/issuer/jwks", self.jwks),
            Route("/issuer/authorize", self.authorize),
            Route("/issuer/token", self.token, methods=["POST"]),
        ]

    async def configuration(self, _: Request) -> Response:
        """OpenID Connect discovery."""
        issuer = self._signer.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": [
                    "none",
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "scopes_supported": ["openid", "profile"],
                "claims_supported": ["sub", "name", "roles", "workspace_id"],
            }
        )

    async def jwks(self, _: Request) -> Response:
        """The public keys."""
        return JSONResponse(self._signer.jwks())

    async def authorize(self, request: Request) -> Response:
        """Sign a person in: at once with ``login_hint``, otherwise from a page that lists everybody."""
        call = await read_call(request)
        try:
            grant = self._server.get_consent_grant(call)
        except OAuth2Error as error:
            return self._server.refuse(call, error)
        except ValueError:
            return _page("<p>This address cannot be redirected to.</p>", 400)
        login = call.params.get("login_hint")
        if not login:
            return self._choose(request)
        person = self._server.people.get(login)
        if person is None:
            return _page(f"<p>There is no local user {escape(repr(login))}.</p>", 404)
        response: Response = self._server.create_authorization_response(
            grant.request, grant_user=person, grant=grant
        )
        return response

    async def token(self, request: Request) -> Response:
        """Exchange a code, or client credentials with an ``audience``, for a token."""
        call = await read_call(request)
        try:
            response: Response = self._server.create_token_response(call)
        except ValueError:
            return JSONResponse({"error": "invalid_request"}, 400)
        return response

    def _choose(self, request: Request) -> Response:
        pairs = request.query_params.multi_items()
        links = ""
        for person in self._server.people.values():
            address = escape("?" + urlencode([*pairs, ("login_hint", person.login)]))
            links += (
                f'<li><a href="{address}">{escape(person.name)}</a> ({escape(", ".join(person.roles))})</li>'
            )
        return _page(f"<p>Sign in to the local stack as</p><ul>{links}</ul>", 200)


def _page(body: str, status: int) -> HTMLResponse:
    headers = {"content-security-policy": "default-src 'none'", "cache-control": "no-store"}
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Truestock local sign-in</title>'
    return HTMLResponse(f"{head}{body}</html>", status, headers=headers)
