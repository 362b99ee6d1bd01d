"""Etsy behind the marketplace interface."""

from collections.abc import Collection, Sequence
from datetime import timedelta

import httpx

from truestock.contracts.listing import Account, CanonicalListing, Evidence
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import AccessTokens, Api
from truestock.marketplaces.etsy import account, evidence, mapper, reads
from truestock.marketplaces.etsy.wire import EtsyWire
from truestock.marketplaces.interface import AccountSettings, OAuthProfile, Page, RawListing, ScopeCheck
from truestock.marketplaces.limits import RateGate

OAUTH = OAuthProfile(
    authorize_url="https://www.etsy.com/oauth/connect",
    token_url="https://api.etsy.com/v3/public/oauth/token",  # noqa: S106  # an address, not a secret
    required_scopes=("listings_r", "shops_r"),
    pkce=True,
    refresh_lifetime=timedelta(days=90),
)


class EtsyAdapter:
    """See :class:`truestock.marketplaces.interface.MarketplaceAdapter`. An account is a shop."""

    name = Marketplace.ETSY
    mapping_version = "etsy-1"
    oauth = OAUTH
    notices = None
    limits_per_account = False
    api_url = "https://api.etsy.com/v3/application"
    batch_size = reads.BATCH

    def api(
        self,
        http: httpx.AsyncClient,
        *,
        base_url: str,
        client_id: str,
        tokens: AccessTokens,
        account_id: str | None = None,
        store: str | None = None,
        gate: RateGate | None = None,
    ) -> Api:
        """A client that authenticates as Etsy wants it."""
        return Api(
            http,
            EtsyWire(),
            base_url=base_url,
            client_id=client_id,
            tokens=tokens,
            account_id=account_id,
            store=store,
            gate=gate,
        )

    async def granted_scopes(self, api: Api) -> tuple[str, ...]:
        """Etsy's token answer does not name the scopes; ``tokenScopes`` does."""
        return await account.read_scopes(api)

    async def account(self, api: Api) -> Account:
        """The shop of the user who granted access."""
        return await account.read_account(api)

    async def settings(self, api: Api) -> AccountSettings:
        """The shop's currency, languages, origin and policies."""
        return await account.read_settings(api)

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """The shop for shops_r, the first listing for listings_r."""
        return await account.check_scopes(api)

    async def page(self, api: Api, cursor: str | None) -> Page:
        """Listings of all states, one state after the other."""
        return await reads.read_page(api, cursor)

    async def read(self, api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
        """Listings by id."""
        return await reads.read_by_id(api, ids)

    def to_listing(self, raw: RawListing, settings: AccountSettings) -> CanonicalListing:
        """Map ``raw``."""
        return mapper.to_listing(raw, settings)

    def evidence(self, raw: RawListing) -> Evidence:
        """Extract evidence from ``raw``."""
        return evidence.extract(raw.listing_id, raw.payload)

    def missing_scopes(self, granted: Collection[str]) -> tuple[str, ...]:
        """Those of listings_r and shops_r that were not granted."""
        return tuple(sorted(set(self.oauth.required_scopes) - set(granted)))
