"""The marketplaces over HTTP: OAuth token endpoints and the account behind a token."""

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import httpx

from truestock.connector.domain.attempts import Review
from truestock.connector.usecases.ports import Tokens
from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.errors import AccessRevoked, PermanentRefusal, RateLimited, Temporary
from truestock.marketplaces.interface import OAuthProfile, RateGate

SHORTEST_LIFE = timedelta(seconds=5)
"""A token that is said to live shorter is nonsense, and refreshing it would never end."""
DEFAULT_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Application:
    """Our registration at one marketplace, and its addresses in this deployment."""

    client_id: str
    redirect_uri: str
    oauth: OAuthProfile
    api_url: str


class MarketplaceGateway:
    """See :class:`truestock.connector.usecases.ports.Gateway`."""

    def __init__(self, http: httpx.AsyncClient, applications: Mapping[str, Application]) -> None:
        self._http = http
        self._applications = applications
        self._gates = {marketplace: RateGate() for marketplace in applications}

    def served(self) -> tuple[str, ...]:
        """The marketplaces that this deployment is registered with."""
        return tuple(sorted(self._applications))

    def required_scopes(self, marketplace: str) -> tuple[str, ...]:
        """What every seller must grant."""
        return self._applications[marketplace].oauth.required_scopes

    def missing_scopes(self, marketplace: str, granted: Collection[str]) -> tuple[str, ...]:
        """What of it was not granted."""
        return registry.get(marketplace).missing_scopes(granted)

    def authorization_url(self, marketplace: str, *, state: str, verifier: str) -> str:
        """Where to send the seller (RFC 6749 §4.1.1, with PKCE S256 of RFC 7636)."""
        application = self._applications[marketplace]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        query = {
            "response_type": "code",
            "client_id": application.client_id,
            "redirect_uri": application.redirect_uri,
            "scope": " ".join(application.oauth.required_scopes),
            "state": state,
        }
        if application.oauth.pkce:
            query |= {"code_challenge": challenge.decode(), "code_challenge_method": "S256"}
        return f"{application.oauth.authorize_url}?{urlencode(query)}"

    async def exchange(self, marketplace: str, *, code: str, verifier: str) -> Tokens:
        """Tokens for an authorization code."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        form["redirect_uri"] = self._applications[marketplace].redirect_uri
        return await self._tokens(marketplace, form, None)

    async def refresh(self, marketplace: str, refresh_token: str) -> Tokens:
        """New tokens; the old refresh token stays where the answer brings none. Raises AccessRevoked."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._tokens(marketplace, form, refresh_token)

    async def revoke(self, marketplace: str, refresh_token: str) -> bool:
        """Revoke at the marketplace (RFC 7009); False where it has no endpoint for that."""
        application = self._applications[marketplace]
        if application.oauth.revocation_url is None:
            return False
        form = {"token": refresh_token, "client_id": application.client_id}
        await self._post(application.oauth.revocation_url, form)
        return True

    async def granted_scopes(self, marketplace: str, access_token: str) -> tuple[str, ...]:
        """What the seller really granted."""
        return await registry.get(marketplace).granted_scopes(self._api(marketplace, access_token))

    async def review(self, marketplace: str, access_token: str, granted_scopes: tuple[str, ...]) -> Review:
        """The account behind a token and its settings, read live."""
        adapter, api = registry.get(marketplace), self._api(marketplace, access_token)
        account = await adapter.account(api)
        api.account_id = account.id
        settings = await adapter.settings(api)
        return Review(account, granted_scopes, settings.model_dump(mode="json"), settings.settings_hash())

    def _api(self, marketplace: str, access_token: str) -> Api:
        application = self._applications[marketplace]
        return registry.get(marketplace).api(
            self._http,
            base_url=application.api_url,
            client_id=application.client_id,
            tokens=OneToken(access_token),
            gate=self._gates[marketplace],
        )

    async def _tokens(self, marketplace: str, form: dict[str, str], keep: str | None) -> Tokens:
        application = self._applications[marketplace]
        body = await self._post(application.oauth.token_url, {**form, "client_id": application.client_id})
        access, refresh = body.get("access_token"), body.get("refresh_token") or keep
        if not isinstance(access, str) or not isinstance(refresh, str) or not access:
            raise PermanentRefusal("The marketplace's answer holds no tokens.")
        expires_in = body.get("expires_in")
        lives = timedelta(seconds=expires_in) if isinstance(expires_in, int) else DEFAULT_LIFE
        return Tokens(
            access_token=access,
            refresh_token=refresh,
            access_for=max(lives, SHORTEST_LIFE),
            refresh_for=application.oauth.refresh_lifetime,
        )

    async def _post(self, url: str, form: Mapping[str, str]) -> dict[str, Any]:
        try:
            response = await self._http.post(url, data=form)
        except httpx.HTTPError as error:
            raise Temporary(f"The marketplace did not answer ({type(error).__name__}).") from error
        try:
            body = response.json()
        except ValueError:
            body = {}
        if not isinstance(body, dict):
            body = {}
        if response.is_success:
            return body
        # The description may quote what was sent, so only the error's own word is passed on.
        code = str(body.get("error") or "")[:60]
        said = f"The marketplace answered {response.status_code}" + (f" ({code})." if code else ".")
        if code == "invalid_grant":
            raise AccessRevoked(said)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited(said, RateGate().now() + timedelta(seconds=1))
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Temporary(said)
        raise PermanentRefusal(said)
