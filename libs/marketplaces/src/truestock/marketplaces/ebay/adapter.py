"""eBay behind the marketplace interface."""

from collections.abc import Collection, Sequence

import httpx

from truestock.contracts.listing import Account, CanonicalListing, Evidence
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import AccessTokens, Api
from truestock.marketplaces.ebay import account, evidence, mapper, reads
from truestock.marketplaces.ebay.notices import EbayNotices
from truestock.marketplaces.ebay.oauth import OAUTH, missing
from truestock.marketplaces.ebay.wire import EbayWire
from truestock.marketplaces.interface import AccountSettings, Page, RawListing, ScopeCheck
from truestock.marketplaces.limits import RateGate


class EbayAdapter:
    """See :class:`truestock.marketplaces.interface.MarketplaceAdapter`. An account is an eBay user."""

    name = Marketplace.EBAY
    mapping_version = "ebay-1"
    oauth = OAUTH
    notices = EbayNotices()
    limits_per_account = True
    api_url = "https://api.ebay.com"
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
        """A client that authenticates as eBay wants it."""
        return Api(
            http,
            EbayWire(),
            base_url=base_url,
            client_id=client_id,
            tokens=tokens,
            account_id=account_id,
            store=store,
            gate=gate,
        )

    async def granted_scopes(self, api: Api) -> tuple[str, ...]:
        """eBay tells a token's scopes nowhere: those whose reads work."""
        return await account.read_scopes(api)

    async def account(self, api: Api) -> Account:
        """The user who granted access, by the id that never changes."""
        return await account.read_account(api)

    async def settings(self, api: Api) -> AccountSettings:
        """Site, currency, language and stock locations."""
        return await account.read_settings(api)

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """The user for the identity scope, one inventory item for the inventory scope."""
        return await account.check_scopes(api)

    async def page(self, api: Api, cursor: str | None) -> Page:
        """All inventory items, grouped; then what was listed by hand."""
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
        """The required scopes that were not granted."""
        return missing(granted)
