"""An adapter put together from the rooms of a marketplace's package."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

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


class AccountRoom(Protocol):
    """A package's ``account.py``: each function does what the adapter's method promises."""

    async def read_scopes(self, api: Api, /) -> tuple[str, ...]: ...

    async def read_account(self, api: Api, /) -> Account: ...

    async def read_settings(self, api: Api, /) -> AccountSettings: ...

    async def check_scopes(self, api: Api, /) -> tuple[ScopeCheck, ...]: ...


class ReadsRoom(Protocol):
    """A package's ``reads.py``; BATCH is the adapter's batch size."""

    BATCH: int

    async def read_page(self, api: Api, cursor: str | None, /) -> Page: ...

    async def read_by_id(self, api: Api, ids: Sequence[str], /) -> dict[str, RawListing | None]: ...


class MapperRoom(Protocol):
    """A package's ``mapper.py``."""

    def to_listing(self, raw: RawListing, settings: AccountSettings, /) -> CanonicalListing: ...


class EvidenceRoom(Protocol):
    """A package's ``evidence.py``: gets a raw listing's id and payload, and nothing else."""

    def extract(self, listing_id: str, payload: Mapping[str, Any], /) -> Evidence: ...


def _none_implied(granted: Collection[str]) -> Collection[str]:  # noqa: ARG001  # as the others are called
    return ()


@dataclass(frozen=True, slots=True)
class Rooms:
    """The modules that an adapter delegates to.

    ``wire`` makes the wire of one client, ``implied_scopes`` tells which scopes come with the granted ones.
    """

    wire: Callable[[], Wire]
    account: AccountRoom
    reads: ReadsRoom
    mapper: MapperRoom
    evidence: EvidenceRoom
    implied_scopes: Callable[[Collection[str]], Collection[str]] = _none_implied


class RoomsAdapter:
    """See :class:`truestock.marketplaces.interface.MarketplaceAdapter`. A marketplace fills the fields."""

    name: Marketplace
    mapping_version: str
    oauth: OAuthProfile
    notices: Notices | None = None
    limits_per_account: bool
    api_url: str
    rooms: ClassVar[Rooms]

    @property
    def batch_size(self) -> int:
        """How many listings one request of :meth:`read` fetches."""
        return self.rooms.reads.BATCH

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
        return await self.rooms.account.read_scopes(api)

    async def account(self, api: Api) -> Account:
        """Whose access it is."""
        return await self.rooms.account.read_account(api)

    async def settings(self, api: Api) -> AccountSettings:
        """What changes the meaning of an import."""
        return await self.rooms.account.read_settings(api)

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """One read per required scope."""
        return await self.rooms.account.check_scopes(api)

    async def page(self, api: Api, cursor: str | None) -> Page:
        """Listings of all states."""
        return await self.rooms.reads.read_page(api, cursor)

    async def read(self, api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
        """Listings by id."""
        return await self.rooms.reads.read_by_id(api, ids)

    def to_listing(self, raw: RawListing, settings: AccountSettings) -> CanonicalListing:
        """Map ``raw``."""
        return self.rooms.mapper.to_listing(raw, settings)

    def evidence(self, raw: RawListing) -> Evidence:
        """Extract evidence from ``raw``."""
        return self.rooms.evidence.extract(raw.listing_id, raw.payload)

    def missing_scopes(self, granted: Collection[str]) -> tuple[str, ...]:
        """Those that were not granted and that no granted scope implies."""
        implied = self.rooms.implied_scopes(granted)
        return tuple(sorted(set(self.oauth.required_scopes) - set(granted) - set(implied)))
