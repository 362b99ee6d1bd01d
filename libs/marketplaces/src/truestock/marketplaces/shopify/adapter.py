"""Shopify behind the marketplace interface."""

from collections.abc import Collection, Sequence

import httpx

from truestock.contracts.listing import Account, CanonicalListing, Evidence
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import AccessTokens, Api
from truestock.marketplaces.authorization import at_store
from truestock.marketplaces.interface import AccountSettings, Page, RawListing, ScopeCheck
from truestock.marketplaces.limits import RateGate
from truestock.marketplaces.shopify import account, evidence, mapper, oauth, reads
from truestock.marketplaces.shopify.notices import ShopifyNotices
from truestock.marketplaces.shopify.wire import ShopifyWire


class ShopifyAdapter:
    """See :class:`truestock.marketplaces.interface.MarketplaceAdapter`. An account is a shop."""

    name = Marketplace.SHOPIFY
    mapping_version = "shopify-1"
    oauth = oauth.OAUTH
    notices = ShopifyNotices()
    limits_per_account = True
    api_url = "https://{store}"
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
        """A client for one shop; ``store`` is its host."""
        return Api(
            http,
            ShopifyWire(),
            base_url=at_store(base_url, store),
            client_id=client_id,
            tokens=tokens,
            account_id=account_id,
            store=store,
            gate=gate,
        )

    async def granted_scopes(self, api: Api) -> tuple[str, ...]:
        """The scopes of this installation."""
        return await account.read_scopes(api)

    async def account(self, api: Api) -> Account:
        """The shop."""
        return await account.read_account(api)

    async def settings(self, api: Api) -> AccountSettings:
        """The shop's currency, its way with taxes, its domain and stock locations."""
        return await account.read_settings(api)

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """The first product, inventory item and location."""
        return await account.check_scopes(api)

    async def page(self, api: Api, cursor: str | None) -> Page:
        """Products in the order of their ids."""
        return await reads.read_page(api, cursor)

    async def read(self, api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
        """Products by id."""
        return await reads.read_by_id(api, ids)

    def to_listing(self, raw: RawListing, settings: AccountSettings) -> CanonicalListing:
        """Map ``raw``."""
        return mapper.to_listing(raw, settings)

    def evidence(self, raw: RawListing) -> Evidence:
        """Extract evidence from ``raw``."""
        return evidence.extract(raw.listing_id, raw.payload)

    def missing_scopes(self, granted: Collection[str]) -> tuple[str, ...]:
        """The three that read; one that writes the same counts, too."""
        return oauth.missing(self.oauth.required_scopes, tuple(granted))
