"""Amazon behind the marketplace interface."""

from collections.abc import Collection, Sequence

import httpx

from truestock.contracts.listing import Account, CanonicalListing, Evidence
from truestock.contracts.values import Marketplace
from truestock.marketplaces.amazon import account, evidence, mapper, reads
from truestock.marketplaces.amazon.oauth import OAUTH
from truestock.marketplaces.amazon.wire import AmazonWire
from truestock.marketplaces.api import AccessTokens, Api
from truestock.marketplaces.authorization import at_store
from truestock.marketplaces.interface import AccountSettings, OAuthProfile, Page, RawListing, ScopeCheck
from truestock.marketplaces.limits import RateGate


class AmazonAdapter:
    """See :class:`truestock.marketplaces.interface.MarketplaceAdapter`.

    An account is a selling partner, read on one Amazon marketplace; a listing is a variation family or a
    single SKU, and named by the SKU: ASINs belong to Amazon's catalogue and identify nothing here.
    """

    name = Marketplace.AMAZON
    mapping_version = "amazon-1"
    oauth: OAuthProfile = OAUTH
    notices = None
    limits_per_account = True
    api_url = "https://sellingpartnerapi-na.amazon.com"
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
        """A client that authenticates as Amazon wants it; ``store`` is the Amazon marketplace to read."""
        return Api(
            http,
            AmazonWire(),
            base_url=at_store(base_url, store),
            client_id=client_id,
            tokens=tokens,
            account_id=account_id,
            store=store,
            gate=gate,
        )

    async def granted_scopes(self, api: Api) -> tuple[str, ...]:
        """The roles whose reads work, for Amazon names none."""
        return tuple(check.scope for check in await account.check_roles(api) if check.works)

    async def account(self, api: Api) -> Account:
        """The seller that the callback named."""
        return await account.read_account(api)

    async def settings(self, api: Api) -> AccountSettings:
        """Currency, site and language of the Amazon marketplace that is read."""
        return await account.read_settings(api)

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """One read per role."""
        return await account.check_roles(api)

    async def page(self, api: Api, cursor: str | None) -> Page:
        """Listings of all states, oldest first."""
        return await reads.read_page(api, cursor)

    async def read(self, api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
        """Listings by SKU."""
        return await reads.read_by_id(api, ids)

    def to_listing(self, raw: RawListing, settings: AccountSettings) -> CanonicalListing:
        """Map ``raw``."""
        return mapper.to_listing(raw, settings)

    def evidence(self, raw: RawListing) -> Evidence:
        """Extract evidence from ``raw``."""
        return evidence.extract(raw.listing_id, raw.payload)

    def missing_scopes(self, granted: Collection[str]) -> tuple[str, ...]:
        """Those of the two roles that no read proved."""
        return tuple(sorted(set(self.oauth.required_scopes) - set(granted)))
