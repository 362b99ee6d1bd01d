"""Shopify's authorization code flow: one authorization server per shop, and a signed callback.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from truestock.marketplaces.authorization import (
    Application,
    CallbackRefused,
    FormRequest,
    OAuthProfile,
    Returned,
    StoreRefused,
    TokenAnswer,
    at_store,
)

SHOP_HOST = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
LONGEST_LABEL = 63
DOMAIN = ".myshopify.com"
TOLERANCE = timedelta(seconds=90)
"""How far a callback's ``timestamp`` may be from now, either way: what Shopify's own API library allows."""
UNSIGNED = ("hmac", "signature")


class ShopifyOAuth(OAuthProfile):
    """The offline grant with expiring tokens: an hour, and a refresh token that rotates."""

    def store(self, given: str | None) -> str | None:
        """The shop host; accepts its bare name and its address. Raises StoreRefused for everything else."""
        host = (given or "").strip().lower().removeprefix("https://").removesuffix("/")
        if host and "." not in host:
            host += DOMAIN
        if not SHOP_HOST.fullmatch(host) or len(host) > LONGEST_LABEL + len(DOMAIN):
            raise StoreRefused(
                "This is not a Shopify shop host: give the one that ends in .myshopify.com, as the shop's "
                "admin shows it under Settings, Domains."
            )
        return host

    def returned(
        self, app: Application, query: Sequence[tuple[str, str]], *, store: str | None, now: datetime
    ) -> Returned:
        """The code of a callback that Shopify signed for this shop a moment ago."""
        given = dict(query)
        if len(given) != len(query) or not _signed(app, given):
            raise CallbackRefused(
                "wrong_signature",
                "The answer is not signed with this application's client secret.",
                "Start a new attempt; if it happens again, compare the client secret with Shopify's.",
            )
        if not store or given.get("shop") != store:
            raise CallbackRefused("wrong_store", "The answer is for another shop than the one asked for.")
        if not _recent(given.get("timestamp", ""), now):
            raise CallbackRefused(
                "stale_callback",
                "The answer was not made just now.",
                "Start a new attempt; if it happens again, check the clock of this server.",
            )
        return super().returned(app, query, store=store, now=now)

    def exchange(self, app: Application, *, code: str, verifier: str, store: str | None) -> FormRequest:
        """``expiring=1`` asks for a token that expires and a refresh token beside it."""
        request = super().exchange(app, code=code, verifier=verifier, store=store)
        return replace(request, form={**request.form, "expiring": "1"})

    def revocation(
        self,
        app: Application,
        *,
        token: str,  # noqa: ARG002  # the access token alone authenticates here
        access_token: str | None,
        store: str | None,
    ) -> FormRequest | None:
        """Uninstalls the application from the shop, which ends all of its tokens; the access token signs it.

        https://shopify.dev/docs/api/examples/app-uninstall
        """
        if app.revocation_url is None or access_token is None:
            return None
        url = at_store(app.revocation_url, store)
        return FormRequest(url, {}, {"x-shopify-access-token": access_token}, method="DELETE")

    def tokens(self, body: Mapping[str, Any], *, keep: str | None) -> TokenAnswer:
        """Also the scopes, and a token without any expiry, as a shop's own custom application may get."""
        if keep is None and "refresh_token" not in body and "expires_in" not in body:
            answer = super().tokens(body, keep="")
            answer = replace(answer, refresh_token=None, access_for=None, refresh_for=None)
        else:
            answer = super().tokens(body, keep=keep)
        return replace(answer, scopes=_scopes(body.get("scope")))


OAUTH = ShopifyOAuth(
    authorize_url="https://{store}/admin/oauth/authorize",
    token_url="https://{store}/admin/oauth/access_token",  # noqa: S106  # an address, not a secret
    revocation_url="https://{store}/admin/api_permissions/current.json",
    required_scopes=("read_inventory", "read_locations", "read_products"),
    pkce=False,
    refresh_lifetime=timedelta(days=90),
    client_authentication="body",
    scope_separator=",",
    needs_store=True,
)


def implied(granted: Collection[str]) -> set[str]:
    """A scope that writes a resource also reads it.

    https://shopify.dev/docs/api/usage/access-scopes
    """
    return {f"read_{scope.removeprefix('write_')}" for scope in granted if scope.startswith("write_")}


def _signed(app: Application, given: Mapping[str, str]) -> bool:
    if not app.client_secret:
        raise CallbackRefused(
            "signature_unverifiable",
            "The answer cannot be verified: the application's client secret is not set.",
            "Set it in the connector's settings, then start a new attempt.",
        )
    # Shopify's rule: names in order; % and & are escaped everywhere, = in names only.
    pairs = sorted(
        f"{_escaped(name).replace('=', '%3D')}={_escaped(value)}"
        for name, value in given.items()
        if name not in UNSIGNED
    )
    expected = hmac.new(app.client_secret.encode(), _bytes("&".join(pairs)), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), _bytes(given.get("hmac", "")))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("&", "%26")


def _recent(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 10):
        return False
    return abs(now - datetime.fromtimestamp(int(timestamp), UTC)) <= TOLERANCE


def _scopes(text: object) -> tuple[str, ...] | None:
    if not isinstance(text, str):
        return None
    return tuple(sorted({scope for part in text.split(",") if (scope := part.strip())}))
