"""The marketplaces over HTTP: OAuth token endpoints and the account behind a token."""

import base64
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from truestock.chassis.outbound import OutboundRefused
from truestock.connector.domain.attempts import Review
from truestock.connector.usecases.ports import Seller
from truestock.contracts.listing import Account
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.authorization import (
    Application,
    CallbackRefused,
    FormRequest,
    PostedKeys,
    Returned,
    StoreRefused,
    TokenAnswer,
)
from truestock.marketplaces.errors import PermanentRefusal, Temporary
from truestock.marketplaces.interface import Notices, OAuthProfile, ScopeCheck
from truestock.marketplaces.limits import Gates
from truestock.marketplaces.notices import Notice, NoticeRefused
from truestock.marketplaces.sharing import SharedLimits


class MarketplaceGateway:
    """See :class:`truestock.connector.usecases.ports.Gateway`. ``public_url`` is the connector's own.

    ``limits``: the view of a seller's limit that all processes share.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        applications: Mapping[str, Application],
        public_url: str,
        limits: Callable[[Seller], SharedLimits] | None = None,
    ) -> None:
        self._http = http
        self._applications = applications
        self._callback_base = f"{public_url}/v1/oauth"
        self._webhook_base = f"{public_url}/v1/webhooks"
        self._limits = limits
        self._gates = Gates()

    def served(self) -> tuple[str, ...]:
        """The marketplaces that this deployment is registered with."""
        return tuple(sorted(self._applications))

    def required_scopes(self, marketplace: str) -> tuple[str, ...]:
        """What every seller must grant."""
        return _profile(marketplace).required_scopes

    def missing_scopes(self, marketplace: str, granted: Collection[str]) -> tuple[str, ...]:
        """What of it was not granted."""
        return registry.get(marketplace).missing_scopes(granted)

    def store(self, marketplace: str, given: str | None) -> str | None:
        """The store in one spelling; a Refusal (422) when it is missing, not one, or not wanted."""
        profile = _profile(marketplace)
        if profile.needs_store and not given:
            raise Refusal(
                "store_missing",
                f"{marketplace} has one address per seller: which store is meant is not said.",
                remedy="Name the seller's shop host or store address: `store`, or --store.",
                kind=RefusalKind.INVALID,
            )
        try:
            return profile.store(given)
        except StoreRefused as refused:
            raise Refusal(
                "store_refused",
                str(refused),
                remedy="Correct `store` and start again.",
                kind=RefusalKind.INVALID,
            ) from None

    def consent_url(self, seller: Seller, *, state: str, verifier: str) -> str:
        """Where to send the seller."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        return _profile(seller.marketplace).consent_url(
            self._applications[seller.marketplace],
            state=state,
            challenge=challenge.decode(),
            store=seller.store,
            callback_url=f"{self._callback_base}/{seller.marketplace}/callback",
        )

    def state_of(self, marketplace: str, query: Sequence[tuple[str, str]]) -> str | None:
        """The state that a callback names; None for a marketplace that is not served."""
        return _profile(marketplace).state_of(query) if marketplace in self._applications else None

    def posts_keys(self, marketplace: str) -> bool:
        """Whether the store posts keys instead of sending a code."""
        return _profile(marketplace).posts_keys

    def returned(self, seller: Seller, query: Sequence[tuple[str, str]], now: datetime) -> Returned:
        """The code of a verified callback; raises CallbackRefused."""
        app = self._applications[seller.marketplace]
        return _profile(seller.marketplace).returned(app, query, store=seller.store, now=now)

    def posted(self, marketplace: str, body: Mapping[str, Any]) -> PostedKeys:
        """The keys of a post; raises CallbackRefused."""
        if marketplace not in self._applications:
            raise CallbackRefused("wrong_marketplace", "This marketplace is not served.")
        return _profile(marketplace).posted(body)

    async def exchange(self, seller: Seller, *, code: str, verifier: str) -> TokenAnswer:
        """Tokens for an authorization code."""
        app, profile = self._applications[seller.marketplace], _profile(seller.marketplace)
        request = profile.exchange(app, code=code, verifier=verifier, store=seller.store)
        return profile.tokens(await self._post(profile, request), keep=None)

    async def refresh(self, seller: Seller, refresh_token: str) -> TokenAnswer:
        """New tokens; the old refresh token stays where the answer brings none. Raises AccessRevoked."""
        app, profile = self._applications[seller.marketplace], _profile(seller.marketplace)
        request = profile.refresh(app, refresh_token=refresh_token, store=seller.store)
        return profile.tokens(await self._post(profile, request), keep=refresh_token)

    async def revoke(self, seller: Seller, *, token: str, access_token: str | None) -> bool:
        """Revoke at the marketplace (RFC 7009); False where it has no endpoint for that."""
        app, profile = self._applications[seller.marketplace], _profile(seller.marketplace)
        request = profile.revocation(app, token=token, access_token=access_token, store=seller.store)
        if request is None:
            return False
        await self._post(profile, request)
        return True

    async def granted_scopes(self, seller: Seller, tokens: TokenAnswer) -> tuple[str, ...]:
        """What the seller really granted."""
        if tokens.scopes is not None:
            return tokens.scopes
        adapter = registry.get(seller.marketplace)
        return await adapter.granted_scopes(self._api(seller, tokens.access_token))

    async def review(self, seller: Seller, access_token: str, granted_scopes: tuple[str, ...]) -> Review:
        """The account behind a token and its settings, read live."""
        adapter, api = registry.get(seller.marketplace), self._api(seller, access_token)
        account = await adapter.account(api)
        api.account_id = account.id
        settings = await adapter.settings(api)
        shown = settings.model_dump(mode="json", exclude={"store"} if settings.store is None else None)
        return Review(account, granted_scopes, shown, settings.settings_hash())

    async def account(self, seller: Seller, access_token: str) -> Account:
        """The account behind a token."""
        return await registry.get(seller.marketplace).account(self._api(seller, access_token))

    def challenge(self, marketplace: str, query: Sequence[tuple[str, str]]) -> Mapping[str, Any] | None:
        """The answer to a marketplace that checks our webhook endpoint; None where nothing is asked."""
        notices = self._notices(marketplace)
        if notices is None:
            return None
        return notices.challenge(
            self._applications[marketplace], query, f"{self._webhook_base}/{marketplace}"
        )

    async def notice(self, marketplace: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """A verified notice; raises NoticeRefused and Temporary."""
        notices = self._notices(marketplace)
        if notices is None:
            raise NoticeRefused("This marketplace sends no notices here.")
        return await notices.read(self._applications[marketplace], self._http, headers, body)

    def _notices(self, marketplace: str) -> Notices | None:
        return registry.get(marketplace).notices if marketplace in self._applications else None

    async def check(self, seller: Seller, access_token: str) -> tuple[ScopeCheck, ...]:
        """One cheap read per required scope."""
        return await registry.get(seller.marketplace).check(self._api(seller, access_token))

    def _api(self, seller: Seller, access_token: str) -> Api:
        application, adapter = self._applications[seller.marketplace], registry.get(seller.marketplace)
        gate = self._gates.of(
            seller.marketplace,
            seller.account_id or seller.store,
            per_account=adapter.limits_per_account,
            shared=lambda: self._limits(seller) if self._limits else None,
        )
        return adapter.api(
            self._http,
            base_url=application.api_url,
            client_id=application.client_id,
            tokens=OneToken(access_token),
            account_id=seller.account_id,
            store=seller.store,
            gate=gate,
        )

    async def _post(self, profile: OAuthProfile, request: FormRequest) -> Mapping[str, Any]:
        try:
            response = await self._http.request(
                request.method, request.url, data=dict(request.form), headers=dict(request.headers)
            )
        except OutboundRefused as refused:
            raise PermanentRefusal(str(refused)) from refused
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
        if response.is_redirect:
            # A token endpoint never redirects; following would carry the secret elsewhere.
            raise PermanentRefusal("The marketplace redirected a token request; it was not followed.")
        raise profile.refusal(response.status_code, body, datetime.now(UTC))


def _profile(marketplace: str) -> OAuthProfile:
    return registry.get(marketplace).oauth
