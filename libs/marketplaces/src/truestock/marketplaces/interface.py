"""The interface that every marketplace implements, and the values that cross it.

>>> adapter = registry.get(Marketplace.ETSY)
>>> api = adapter.api(http, base_url=..., client_id=..., tokens=..., account_id="123")
>>> page = await adapter.page(api, None)
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from pydantic import Field

from truestock.contracts.listing import Account, CanonicalListing, Evidence
from truestock.contracts.values import Marketplace, Model
from truestock.marketplaces.api import AccessTokens, Api
from truestock.marketplaces.authorization import Application, OAuthProfile, StoreRefused
from truestock.marketplaces.errors import (
    AccessExpired,
    AccessRevoked,
    Gone,
    MarketplaceError,
    MissingScope,
    PartialRead,
    PermanentRefusal,
    RateLimited,
    Temporary,
)
from truestock.marketplaces.limits import RateGate
from truestock.marketplaces.notices import Notices

__all__ = [
    "AccessExpired",
    "AccessRevoked",
    "AccessTokens",
    "AccountSettings",
    "Api",
    "Application",
    "Gone",
    "Location",
    "MarketplaceAdapter",
    "MarketplaceError",
    "MissingScope",
    "Notices",
    "OAuthProfile",
    "Page",
    "PartialRead",
    "PermanentRefusal",
    "RateGate",
    "RateLimited",
    "RawListing",
    "ScopeCheck",
    "StoreRefused",
    "Temporary",
]


class Location(Model):
    """A place where the account keeps or ships stock."""

    id: str
    name: str


class AccountSettings(Model):
    """What is specific to the account and changes what an import means; shown before confirming.

    ``store``: the shop host or store address, where a marketplace has one per seller.
    """

    currency: str | None = None
    store: str | None = None
    site: str | None = None
    locale: str | None = None
    locations: tuple[Location, ...] = ()
    policies: dict[str, str] = Field(default_factory=dict)

    def settings_hash(self) -> str:
        """A short fingerprint (16 hex digits): equal exactly when everything that is shown is equal."""
        ordered = self.model_copy(update={"policies": dict(sorted(self.policies.items()))})
        shown = ordered.model_dump_json(exclude={"store"} if self.store is None else None)
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ScopeCheck:
    """Whether one required scope really opens what it should: a live read was tried."""

    scope: str
    works: bool
    detail: str


@dataclass(frozen=True, slots=True)
class RawListing:
    """A listing exactly as the marketplace answered (decoded JSON): kept, mapped, never changed."""

    listing_id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the catalogue.

    ``total`` is what the marketplace declares for the whole catalogue, None where it does not say.
    A listing may appear on two pages when the catalogue changes while it is read; none is left out.
    """

    raws: tuple[RawListing, ...]
    total: int | None
    next_cursor: str | None


class MarketplaceAdapter(Protocol):
    """One marketplace. Stateless; every call that needs the network takes an :class:`Api`.

    All network methods raise the classes of :mod:`truestock.marketplaces.errors` and nothing else.
    """

    @property
    def name(self) -> Marketplace:
        """Which marketplace it is."""
        ...

    @property
    def mapping_version(self) -> str:
        """Changes whenever :meth:`to_listing` may answer differently for the same payload."""
        ...

    @property
    def oauth(self) -> OAuthProfile:
        """How consent becomes tokens here; a deployment may replace its addresses."""
        ...

    @property
    def notices(self) -> Notices | None:
        """The marketplace's webhooks about access; None where it has none."""
        ...

    @property
    def api_url(self) -> str:
        """The production API's base address; ``{store}`` stands for the seller's shop host or store."""
        ...

    @property
    def batch_size(self) -> int:
        """How many listings one request of :meth:`read` fetches."""
        ...

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
        """An authenticated client for one account; share ``gate`` where the marketplace counts together.

        ``base_url`` may hold ``{store}``.
        """
        ...

    @property
    def limits_per_account(self) -> bool:
        """Whether the marketplace counts requests per seller (else per application): who shares a gate."""
        ...

    async def granted_scopes(self, api: Api) -> tuple[str, ...]:
        """What the seller really granted, sorted, as the marketplace tells it for this token."""
        ...

    async def account(self, api: Api) -> Account:
        """The seller account behind the token. Its ``id`` is the marketplace's immutable one.

        ``api.account_id`` holds the id that the callback brought, where one was brought.
        """
        ...

    async def check(self, api: Api) -> tuple[ScopeCheck, ...]:
        """One cheap read per required scope; raises what is not about scopes (expiry, rate limit, …)."""
        ...

    async def settings(self, api: Api) -> AccountSettings:
        """The settings of the account, read live."""
        ...

    async def page(self, api: Api, cursor: str | None) -> Page:
        """The next page of the whole catalogue, published or not; start with None, end with next_cursor None.

        Raises :class:`PartialRead` when fewer listings arrive than the marketplace declares.
        """
        ...

    async def read(self, api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
        """These listings, read live, batched; None for one that is gone or belongs to another account."""
        ...

    def to_listing(self, raw: RawListing, settings: AccountSettings) -> CanonicalListing:
        """Map a raw listing. Never raises on odd content: what cannot be mapped is left out and noted."""
        ...

    def evidence(self, raw: RawListing) -> Evidence:
        """What the raw listing shows, extracted without the mapper, to check the mapper against."""
        ...

    def missing_scopes(self, granted: Collection[str]) -> tuple[str, ...]:
        """The required scopes that were not granted, by name, sorted."""
        ...
