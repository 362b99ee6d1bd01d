"""A marketplace's authorization server: codes become tokens of a store, refresh tokens renew them."""

from collections.abc import Callable, Mapping
from typing import Any

from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.server import AUTH_METHODS, Code, InvalidGrantError, RefreshTokenGrant, Server
from truestock.sandbox.oauth.tokens import Issued, Refresh, TokenRefused, TokenStore

Answer = Callable[[Issued], dict[str, object]]


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc] # Authlib ships no types
    """The store decides whether a refresh token works once or again and again."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> Refresh:
        """The token's state; raises InvalidGrantError with the store's words."""
        store: TokenStore = self.server.store
        try:
            return store.refresh_token(refresh_token)
        except TokenRefused as refused:
            raise InvalidGrantError(description=str(refused)) from None

    def authenticate_user(self, refresh_token: Refresh) -> str:
        """Whose consent it was."""
        return refresh_token.family.user_id

    def issue_token(self, user: str, refresh_token: Refresh) -> dict[str, object]:  # noqa: ARG002 # Authlib's hook
        """The next pair of tokens, with the scopes that are asked for again (all, when none are named)."""
        server: TokenServer = self.server
        asked = frozenset((self.request.payload.scope or "").split())
        return server.answer(server.store.rotate(self.request.form["refresh_token"], asked or None))

    def revoke_old_credential(self, refresh_token: Refresh) -> None:
        """Done by ``rotate``."""


class TokenServer(Server):
    """RFC 6749 over a token store; codes are granted to user ids. ``answer`` words the token answer."""

    def __init__(
        self,
        clients: Mapping[str, Client],
        store: TokenStore,
        now: Callable[[], float],
        *,
        pkce_required: bool = True,
        answer: Answer = Issued.answer,
    ) -> None:
        super().__init__(clients, now, self._issue, self._take_back, pkce_required=pkce_required)
        self.store, self.answer = store, answer
        self.register_grant(RefreshGrant)

    def _issue(self, client: Client, user: str, scope: str, request: Any) -> dict[str, object]:
        family = self.store.begin(user, client.client_id, frozenset(scope.split()))
        code: Code = request.authorization_code
        code.grant_id = family.id
        return self.answer(self.store.issue(family))

    def _take_back(self, code: Code) -> None:
        self.store.revoke_family(code.grant_id)
