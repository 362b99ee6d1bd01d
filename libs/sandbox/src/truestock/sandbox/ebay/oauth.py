"""eBay's authorization server: the RuName, scopes, tokens of users and of the application itself."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.connect import Connect
from truestock.sandbox.oauth.server import Call, ClientCredentialsGrant
from truestock.sandbox.oauth.tokens import Issued, TokenStore
from truestock.sandbox.oauth.tokenserver import TokenServer
from truestock.sandbox.shop import Shop

ROOT = "https://api.ebay.com/oauth/api_scope"
IDENTITY = f"{ROOT}/commerce.identity.readonly"
INVENTORY = f"{ROOT}/sell.inventory"
INVENTORY_READ = f"{ROOT}/sell.inventory.readonly"
SCOPES = frozenset({ROOT, IDENTITY, INVENTORY, INVENTORY_READ})
RUNAME = "Truestock_Local-truestock-local"
"""Stands for the application's registered callback; without a registered one, a RuName is an address."""


class ApplicationGrant(ClientCredentialsGrant):  # type: ignore[misc] # Authlib ships no types
    """A token of the application itself, which no seller granted."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def generate_token(self, **_: Any) -> dict[str, Any]:
        """An access token with the public scope, without a refresh token."""
        store: TokenStore = self.server.store
        client: Client = self.request.client
        issued = store.issue(
            store.begin(application_user(client.client_id), client.client_id, frozenset({ROOT}))
        )
        return {
            "access_token": issued.access,
            "expires_in": int(issued.access_ttl or 0),
            "token_type": "Application Access Token",
        }


class EbayConnect(Connect):
    """``redirect_uri`` is a RuName; a refresh answers with the access token alone."""

    def __init__(self, redirect_uris: tuple[str, ...], *given: Any) -> None:
        super().__init__(*given)
        mine = [address for address in redirect_uris if "ebay" in address]
        self._callback = next(iter((*mine, *redirect_uris)), None)

    async def read(self, request: Request) -> Call:
        """The request with the address that the RuName stands for."""
        call = await super().read(request)
        if call.params.get("redirect_uri") == RUNAME and self._callback is not None:
            call = replace(call, params={**call.params, "redirect_uri": self._callback})
        return call

    def answered(self, response: Response, shop: Shop | None, call: Call) -> Response:  # noqa: ARG002 # the hook's
        """A refresh token is told once."""
        if call.params.get("grant_type") != "refresh_token" or response.status_code != 200:
            return response
        told = json.loads(bytes(response.body))
        kept = {name: value for name, value in told.items() if not name.startswith("refresh_token")}
        return JSONResponse(told if told.get("refresh_token") != call.params["refresh_token"] else kept)


def token_server(clients: Mapping[str, Client], store: TokenStore, now: Callable[[], float]) -> TokenServer:
    """Without PKCE, which eBay does not know."""
    server = TokenServer(clients, store, now, pkce_required=False, answer=_answer)
    server.register_grant(ApplicationGrant)
    return server


def application_user(client_id: str) -> str:
    """Whom a token of the application itself belongs to: no seller."""
    return f"application:{client_id}"


def _answer(issued: Issued) -> dict[str, object]:
    answer = {**issued.answer(), "token_type": "User Access Token"}
    if issued.refresh_ttl is not None:
        answer["refresh_token_expires_in"] = int(issued.refresh_ttl)
    return answer
