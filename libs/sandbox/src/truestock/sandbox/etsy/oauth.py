"""Etsy's OAuth: the authorization server with rotating refresh tokens."""

from collections.abc import Callable, Mapping
from typing import Any

from truestock.sandbox.etsy.tokens import Refresh, TokenRefused, TokenStore
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.server import Code, InvalidGrantError, RefreshTokenGrant, Server

SCOPES = frozenset(
    (
        "address_r", "address_w", "billing_r", "cart_r", "cart_w", "email_r", "favorites_r", "favorites_w",
        "feedback_r", "listings_d", "listings_r", "listings_w", "profile_r", "profile_w", "recommend_r",
        "recommend_w", "shops_r", "shops_w", "transactions_r", "transactions_w",
    )
)  # fmt: skip


class EtsyRefresh(RefreshTokenGrant):  # type: ignore[misc] # Authlib ships no types
    """A refresh token works once; its successor comes with the answer."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Refresh:
        """The token's state; raises InvalidGrantError with Etsy's words."""
        store: TokenStore = self.server.store
        try:
            return store.refresh_token(refresh_token)
        except TokenRefused as refused:
            raise InvalidGrantError(description=str(refused)) from None

    def authenticate_user(self, refresh_token: Refresh) -> int:
        """Whose consent it was."""
        return refresh_token.family.user_id

    def issue_token(self, user: int, refresh_token: Refresh) -> dict[str, object]:  # noqa: ARG002 # Authlib's hook
        """The next pair of tokens."""
        store: TokenStore = self.server.store
        return store.rotate(self.request.form["refresh_token"])

    def revoke_old_credential(self, refresh_token: Refresh) -> None:
        """Done by ``rotate``."""


class EtsyServer(Server):
    """Etsy's side of RFC 6749; codes are granted to user ids."""

    def __init__(self, clients: Mapping[str, Client], store: TokenStore, now: Callable[[], float]) -> None:
        super().__init__(clients, now, self._issue, self._take_back)
        self.store = store
        self.register_grant(EtsyRefresh)

    def _issue(self, client: Client, user: int, scope: str, request: Any) -> dict[str, object]:
        family = self.store.begin(user, client.client_id, frozenset(scope.split()))
        code: Code = request.authorization_code
        code.grant_id = family.id
        return self.store.issue(family)

    def _take_back(self, code: Code) -> None:
        self.store.revoke_family(code.grant_id)
