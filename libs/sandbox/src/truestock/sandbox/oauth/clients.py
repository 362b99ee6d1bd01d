"""Registered applications."""

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class Client:
    """An application. Its methods are Authlib's ``ClientMixin`` protocol.

    ``redirect_uris`` are compared exactly; without any, each loopback address is accepted (RFC 8252 §7.3).
    A client without ``secret`` is public and proves itself with PKCE alone; ``methods`` narrows how one with
    a secret may show it (``client_secret_basic``, ``client_secret_post``; either unless told).
    """

    client_id: str
    secret: str | None = None
    redirect_uris: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    grants: tuple[str, ...] = ("authorization_code", "refresh_token")
    audiences: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    def get_client_id(self) -> str:
        """The public id."""
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        """None: a redirect address is always named."""
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The requested scopes; None (refused) when one of them is unknown."""
        asked = (scope or "").split()
        return None if self.scopes and not self.scopes.issuperset(asked) else " ".join(asked)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the answer may be sent there."""
        if self.redirect_uris:
            return redirect_uri in self.redirect_uris
        try:
            parts = urlsplit(redirect_uri)
        except ValueError:
            return False
        return parts.scheme in {"http", "https"} and parts.hostname in _LOOPBACK and not parts.fragment

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        return self.secret is not None and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 # Authlib's protocol
        """Public clients do not authenticate; the others do."""
        if (method == "none") != (self.secret is None):
            return False
        return not self.methods or method in self.methods

    def check_response_type(self, response_type: str) -> bool:
        """The authorization code flow alone."""
        return response_type == "code" and "authorization_code" in self.grants

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether this client may use the grant."""
        return grant_type in self.grants
