"""One Etsy seller: a user with a shop and its listings, as they are right now."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

STATES = ("active", "inactive", "sold_out", "draft", "expired")


@dataclass(slots=True)
class EtsyProduct:
    """One product of a listing's inventory record with its single offering.

    ``product_id`` and ``offering_id`` change on every update and identify nothing. ``quantity`` and
    ``price`` are None when the seller's file does not say; the wire then leaves the field out.
    """

    product_id: int
    offering_id: int
    values: tuple[str, ...] = ()
    sku: str | None = None
    quantity: int | None = None
    price: Decimal | None = None
    enabled: bool = True


@dataclass(slots=True)
class EtsyImage:
    """One photo of a listing. ``broken``: it is listed, but its file cannot be fetched."""

    image_id: int
    alt: str = ""
    broken: bool = False


@dataclass(slots=True)
class EtsyListing:
    """One listing. ``has_record`` says whether an inventory record exists (some listings have none)."""

    listing_id: int
    title: str
    description: str
    state: str
    created: int
    updated: int
    products: list[EtsyProduct]
    property_names: tuple[str, ...] = ()
    images: list[EtsyImage] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    taxonomy_id: int = 1
    has_record: bool = True

    @property
    def quantity(self) -> int | None:
        """Pieces over all enabled products; None as soon as one of them is unknown."""
        quantities = [product.quantity for product in self.products if product.enabled]
        if any(quantity is None for quantity in quantities):
            return None
        return sum(quantity or 0 for quantity in quantities)

    @property
    def price(self) -> Decimal | None:
        """The lowest price, which is what Etsy shows for a listing."""
        return min((product.price for product in self.products if product.price is not None), default=None)


class EtsyShop:
    """A seller account. Listings are kept newest first, as Etsy lists them."""

    marketplace = "etsy"

    def __init__(self, number: int, *, login: str, name: str, currency: str) -> None:
        self.number = number
        self.user_id = 10_000_000 + number
        self.shop_id = 20_000_000 + number
        self.login, self.name, self.currency = login, name, currency
        self.created = 1_577_836_800
        self.vacation = False
        self._listings: dict[int, EtsyListing] = {}
        self._by_state: dict[str, list[EtsyListing]] = {}
        self._ids = itertools.count(number * 100_000_000 + 1)
        self.images: dict[int, EtsyImage] = {}
        self._rendered: dict[tuple[int, bool, bool], bytes] = {}

    @property
    def account_id(self) -> str:
        """The immutable id that the seller is known by: the shop's."""
        return str(self.shop_id)

    def new_id(self) -> int:
        """An id that this shop never used before."""
        return next(self._ids)

    def add(self, listing: EtsyListing) -> None:
        """Put a listing into the shop."""
        self._listings[listing.listing_id] = listing
        self.touch(listing)

    def remove(self, listing_id: int) -> bool:
        """Delete a listing; False when there was none."""
        listing = self._listings.pop(listing_id, None)
        if listing is not None:
            self.touch(listing)
            for image in listing.images:
                self.images.pop(image.image_id, None)
        return listing is not None

    def get(self, listing_id: int) -> EtsyListing | None:
        """The listing, or None."""
        return self._listings.get(listing_id)

    def __iter__(self) -> Iterator[EtsyListing]:
        return iter(self._listings.values())

    def __len__(self) -> int:
        return len(self._listings)

    def in_state(self, state: str) -> list[EtsyListing]:
        """All listings in this state, newest first."""
        known = self._by_state.get(state)
        if known is None:
            known = [listing for listing in self._listings.values() if listing.state == state]
            known.sort(key=lambda listing: (listing.created, listing.listing_id), reverse=True)
            self._by_state[state] = known
        return known

    def touch(self, listing: EtsyListing) -> None:
        """Say that a listing changed: what was derived from it is forgotten."""
        self._by_state.clear()
        for image in listing.images:
            self.images[image.image_id] = image
        for images, inventory in itertools.product((False, True), repeat=2):
            self._rendered.pop((listing.listing_id, images, inventory), None)

    def rename(self, *, name: str | None = None, currency: str | None = None) -> None:
        """Change the shop's own settings; prices keep their amounts."""
        self.name, self.currency = name or self.name, currency or self.currency
        self._rendered.clear()

    def renumber(self, listings: Iterable[EtsyListing]) -> int:
        """Give new product and offering ids, as every update at Etsy does; returns how many products."""
        count = 0
        for listing in listings:
            for product in listing.products:
                product.product_id, product.offering_id = self.new_id(), self.new_id()
                count += 1
            self.touch(listing)
        return count

    def rendered(self, key: tuple[int, bool, bool]) -> bytes | None:
        """The listing's JSON for (listing id, with images, with inventory), if it is still valid."""
        return self._rendered.get(key)

    def keep_rendered(self, key: tuple[int, bool, bool], body: bytes, *, at_most: int = 12_000) -> None:
        """Remember a listing's JSON; the oldest goes first when there are too many."""
        if len(self._rendered) >= at_most:
            self._rendered.pop(next(iter(self._rendered)))
        self._rendered[key] = body
