"""An adapter put together from the rooms of a marketplace's package."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx

from truestock.contracts.listing import Account, CanonicalListing, Evidence
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import AccessTokens, Api, Wire
from truestock.marketplaces.authorization import at_store
from truestock.marketplaces.interface import (
    AccountSettings,
    Notices,
    OAuthProfile,
    Page,
    RateGate,
    RawListing,
    ScopeCheck,
)


def _none_implied(granted: Collection[str]) -> Collection[str]:  # noqa: ARG001  # as the others are called
    return ()


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a marketplace's package does for its adapter; each promises what the interface's method does.

    ``wire`` makes the wire of one client, ``evidence`` takes a raw listing's id and payload,
    ``implied_scopes`` tells which scopes come with the granted ones.
    """

    wire: Callable[[], Wire]
    granted_scopes: Callable[[Api], Awaitable[tuple[str, ...]]]
    account: Callable[[Api], Awaitable[Account]]
    settings: Callable[[Api], Awaitable[AccountSettings]]
    check: Callable[[Api], Awaitable[tuple[ScopeCheck, ...]]]
    page: Callable[[Api, str | None], Awaitable[Page]]
    read: Callable[[Api, Sequence[str]], Awaitable[dict[str, RawListing | None]]]
    to_listing: Callable[[RawListing, AccountSettings], CanonicalListing]
    evidence: Callable[[str, Mapping[str, Any]], Evidence]
    implied_scopes: Callable[[Collection[str]], Collection[str]] = _none_implied


class RoomsAdapter:
    """See :class:`truestock.marketplaces.interface.MarketplaceAdapter`. A marketplace fills the fields."""

    name: Marketplace
    mapping_version: str
    oauth: OAuthProfile
    notices: Notices | None = None
    limits_per_account: bool
    api_url: str
    batch_size: int
    rooms: ClassVar[Rooms]

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
        """A client that authenticates as the marketplace wants it, at the store where there is one."""
        return Api(
            http,
            self.rooms.wire(),
            base_url=at_store(base_url, store),
            client_id=client_id,
            tokens=tokens,
            account_id=account_id,
            store=store,
            gate=gate,
        )

    async def granted_scopes(self, api: Api) -> tuple[str, ...]:
        """As the marketplace tells it, or as reading shows it."""
        return await self.rooms.granted_scopes(api)

    async def account(self, api: Api) -> Account:
        """Whose access it is."""
        return await self.rooms.account(api)

    async def settings(self, api: Api) -> AccountSettings:
        """What changes the meaning of an import."""
        return await self.rooms.settings(api)

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """One read per required scope."""
        return await self.rooms.check(api)

    async def page(self, api: Api, cursor: str | None) -> Page:
        """Listings of all states."""
        return await self.rooms.page(api, cursor)

    async def read(self, api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
        """Listings by id."""
        return await self.rooms.read(api, ids)

    def to_listing(self, raw: RawListing, settings: AccountSettings) -> CanonicalListing:
        """Map ``raw``."""
        return self.rooms.to_listing(raw, settings)

    def evidence(self, raw: RawListing) -> Evidence:
        """Extract evidence from ``raw``."""
        return self.rooms.evidence(raw.listing_id, raw.payload)

    def missing_scopes(self, granted: Collection[str]) -> tuple[str, ...]:
        """Those that were not granted and that no granted scope implies."""
        implied = self.rooms.implied_scopes(granted)
        return tuple(sorted(set(self.oauth.required_scopes) - set(granted) - set(implied)))
