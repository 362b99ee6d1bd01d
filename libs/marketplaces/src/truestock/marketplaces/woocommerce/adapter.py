"""WooCommerce behind the marketplace interface."""

from collections.abc import Collection, Sequence

import httpx

from truestock.contracts.listing import Account, CanonicalListing, Evidence
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import AccessTokens, Api
from truestock.marketplaces.authorization import at_store
from truestock.marketplaces.interface import AccountSettings, Page, RawListing, ScopeCheck
from truestock.marketplaces.limits import RateGate
from truestock.marketplaces.woocommerce import account, evidence, mapper, reads
from truestock.marketplaces.woocommerce.oauth import WooCommerceProfile
from truestock.marketplaces.woocommerce.wire import WooCommerceWire

OAUTH = WooCommerceProfile(
    authorize_url="{store}/wc-auth/v1/authorize",
    token_url="{store}/wc-auth/v1/authorize",  # noqa: S106  # an address; nothing is ever posted there
    required_scopes=("read",),
    pkce=False,
    refresh_lifetime=None,
    needs_store=True,
    posts_keys=True,
)


class WooCommerceAdapter:
    """See :class:`truestock.marketplaces.interface.MarketplaceAdapter`. An account is a store's address."""

    name = Marketplace.WOOCOMMERCE
    mapping_version = "woocommerce-1"
    oauth = OAUTH
    notices = None
    limits_per_account = True
    api_url = "{store}/wp-json"
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
        """A client that authenticates with the store's keys."""
        return Api(
            http,
            WooCommerceWire(),
            base_url=at_store(base_url, store),
            client_id=client_id,
            tokens=tokens,
            account_id=account_id,
            store=store,
            gate=gate,
        )

    async def granted_scopes(self, api: Api) -> tuple[str, ...]:
        """What the keys open, found by reading."""
        return await account.granted(api)

    async def account(self, api: Api) -> Account:
        """The store that the keys belong to."""
        return await account.read_account(api)

    async def settings(self, api: Api) -> AccountSettings:
        """The store's currency, language and stock setting."""
        return await account.read_settings(api)

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """One product for ``read``."""
        return await account.check_scopes(api)

    async def page(self, api: Api, cursor: str | None) -> Page:
        """Products of every status but the trash, in the order of their ids, with their variations."""
        return await reads.read_page(api, cursor)

    async def read(self, api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
        """Products by id, with their variations."""
        return await reads.read_by_id(api, ids)

    def to_listing(self, raw: RawListing, settings: AccountSettings) -> CanonicalListing:
        """Map ``raw``."""
        return mapper.to_listing(raw, settings)

    def evidence(self, raw: RawListing) -> Evidence:
        """Extract evidence from ``raw``."""
        return evidence.extract(raw.listing_id, raw.payload)

    def missing_scopes(self, granted: Collection[str]) -> tuple[str, ...]:
        """``read``, unless it was granted; a ``read_write`` key opens both (REST API documentation, keys)."""
        return () if {"read", "read_write"} & set(granted) else ("read",)
