"""Shopify's tokens: an hour and 90 days, rotating, and forgiving when an answer was lost.

A used refresh token works again until one of the tokens that came for it is used.
https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens
"""

from collections.abc import Callable

from truestock.sandbox.oauth.tokens import Access, Issued, Prefixed, Refresh, TokenSettings, TokenStore


class ShopifyTokens(TokenStore):
    """``now`` in seconds."""

    def __init__(self, settings: TokenSettings, now: Callable[[], float]) -> None:
        super().__init__(settings, Prefixed("shpat_", "shprt_"), now)
        self._came_for: dict[str, str] = {}
        self._awaited: set[str] = set()

    def access(self, token: str) -> Access:
        """As the store's; the refresh token that it came for is over now."""
        found = super().access(token)
        self._begun(token)
        return found

    def refresh_token(self, token: str) -> Refresh:
        """As the store's, and a used one of which nothing was used that came for it."""
        known = self._refresh.get(token)
        if known is not None and token in self._awaited:
            known.used_at = None
        found = super().refresh_token(token)
        self._begun(token)
        return found

    def rotate(self, token: str, scopes: frozenset[str] | None = None) -> Issued:
        """As the store's; remembers what came for ``token``."""
        issued = super().rotate(token, scopes)
        if issued.refresh != token:
            self._awaited.add(token)
            self._came_for |= {issued.access: token, issued.refresh: token}
        return issued

    def _begun(self, token: str) -> None:
        self._awaited.discard(self._came_for.pop(token, ""))


def answer(issued: Issued) -> dict[str, object]:
    """Shopify's token answer: scopes separated by commas, and when the refresh token ends."""
    shown: dict[str, object] = {"access_token": issued.access, "scope": ",".join(sorted(issued.scopes))}
    if issued.access_ttl is not None:
        shown["expires_in"] = int(issued.access_ttl)
    shown["refresh_token"] = issued.refresh
    if issued.refresh_ttl is not None:
        shown["refresh_token_expires_in"] = int(issued.refresh_ttl)
    return shown
