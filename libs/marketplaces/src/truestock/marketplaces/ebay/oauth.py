"""eBay's authorization code grant.

The client authenticates with HTTP Basic, ``redirect_uri`` is the RuName (the name under which the callback's
address is registered), PKCE and RFC 9207 are not offered. A refresh token lives 18 months and stays the same.

https://developer.ebay.com/api-docs/static/oauth-authorization-code-grant.html
"""

from collections.abc import Collection
from datetime import timedelta

from truestock.marketplaces.authorization import Application, FormRequest, OAuthProfile

INVENTORY = "https://api.ebay.com/oauth/api_scope/sell.inventory.readonly"
INVENTORY_WRITE = "https://api.ebay.com/oauth/api_scope/sell.inventory"
IDENTITY = "https://api.ebay.com/oauth/api_scope/commerce.identity.readonly"
APPLICATION = "https://api.ebay.com/oauth/api_scope"
"""What an application may read without a seller: the public keys of notices."""
REQUIRED = (IDENTITY, INVENTORY)


class EbayOAuth(OAuthProfile):
    """eBay wants the scopes at every refresh, too."""

    def refresh(
        self,
        app: Application,
        *,
        refresh_token: str,
        store: str | None,  # noqa: ARG002  # the profile's signature
    ) -> FormRequest:
        """The request for a new access token; the refresh token stays."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "scope": self.scope_separator.join(self.required_scopes),
        }
        return self._authenticated(app, app.token_url, form)

    def client_credentials(self, app: Application) -> FormRequest:
        """The request for a token of the application itself (RFC 6749 §4.4)."""
        form = {"grant_type": "client_credentials", "scope": APPLICATION}
        return self._authenticated(app, app.token_url, form)


OAUTH = EbayOAuth(
    authorize_url="https://auth.ebay.com/oauth2/authorize",
    token_url="https://api.ebay.com/identity/v1/oauth2/token",  # noqa: S106  # an address, not a secret
    required_scopes=REQUIRED,
    pkce=False,
    refresh_lifetime=timedelta(seconds=47_304_000),
    client_authentication="basic",
)


def implied(granted: Collection[str]) -> set[str]:
    """The inventory's write scope opens every read that its read scope opens.

    eBay's document names both for each of them.
    """
    return {INVENTORY} if INVENTORY_WRITE in granted else set()
