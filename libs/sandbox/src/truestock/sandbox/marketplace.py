"""What a marketplace of the sandbox is, and what it is given."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute

from truestock.sandbox.catalog import Catalog
from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.notices import Notices
from truestock.sandbox.oauth.tokens import TokenSettings, TokenStore
from truestock.sandbox.photos import FoundPhoto
from truestock.sandbox.requestlog import RequestLog
from truestock.sandbox.shop import Listing, Shop, Shops


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a marketplace is built from.

    ``base``: the sandbox's address as clients see it, without a trailing slash. ``redirect_uris`` empty: any
    loopback address. ``per_second``, ``per_day`` and ``token_ttl`` (seconds) None: the marketplace's own
    default. ``now`` in seconds since 1970.
    """

    base: str
    faults: RoomFaults
    log: RequestLog
    notices: Notices
    now: Callable[[], float]
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...] = ()
    per_second: int | None = None
    per_day: int | None = None
    token_ttl: float | None = None


@dataclass(slots=True)
class NoLimits:
    """A marketplace without a rate limit of its own."""


class Marketplace(ABC):
    """One marketplace: everything under ``/<name>``.

    ``limits`` is a dataclass of numbers that the control API shows and changes, beside ``token_settings``.
    A marketplace with a token store keeps it in ``tokens`` and has ``expire_access`` and ``revoke`` then; one
    without (key pairs) overrides both.
    """

    name: str
    shops: Shops
    limits: Any
    token_settings: TokenSettings
    tokens: TokenStore | None = None

    @abstractmethod
    def open_shop(self, number: int, *, login: str, name: str, currency: str) -> Shop:
        """A new, empty account, numbered and named in the marketplace's style; not yet among ``shops``."""

    @abstractmethod
    def stock(self, shop: Shop, catalog: Catalog) -> None:
        """Put a catalogue into the shop, adapted to what the marketplace can hold."""

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """All paths of this marketplace."""

    def add_account(self, number: int, catalog: Catalog, *, login: str, name: str, currency: str) -> Shop:
        """Open a shop, stock it and let the marketplace know it."""
        shop = self.open_shop(number, login=login, name=name, currency=currency)
        self.stock(shop, catalog)
        self.shops.add(shop)
        return shop

    def describe(self, shop: Shop) -> dict[str, Any]:  # noqa: ARG002 # for overriding
        """What the control API tells of an account beside what it tells of all of them."""
        return {}

    def find_photo(self, photo_id: str) -> FoundPhoto | None:
        """Whose photo it is; None when there is none."""
        found = self.shops.image(photo_id)
        return FoundPhoto(found[0], found[1].broken) if found else None

    def expire_access(self, shop: Shop) -> int:
        """All access tokens of the account are expired from now on; returns how many were not before."""
        return self.tokens.expire_access(shop.user_id) if self.tokens else 0

    def revoke(self, shop: Shop) -> int:
        """Revoke everything the account granted; returns how many consents."""
        return self.tokens.revoke(shop.user_id) if self.tokens else 0

    def renumber(self, shop: Shop) -> int:
        """New variant ids everywhere, where the marketplace does such a thing; returns how many."""
        return shop.renumber(list(shop))

    def edited(self, shop: Shop, listing: Listing) -> None:  # noqa: B027 # most marketplaces do nothing
        """A seller changed price, stock, SKU or availability of the listing's variants."""

    async def removed(self, shop: Shop) -> None:  # noqa: B027 # for marketplaces with notices
        """The seller removed the application and access is revoked: send the notice, where there is one."""

    async def closed(self, shop: Shop) -> None:  # noqa: B027 # as above
        """The seller's account is closed and access is revoked: send the notice, where there is one."""
