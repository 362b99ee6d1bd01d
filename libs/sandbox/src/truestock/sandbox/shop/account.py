"""One seller account with its listings, and all accounts of a marketplace."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from truestock.sandbox.shop.model import IdKind, Image, Listing

_REMEMBERED = 12_000  # listings whose JSON is kept
_FOUNDED = 1_577_836_800


class Shop:
    """A seller account. Listings are kept newest first.

    ``account_id`` is the immutable id that the marketplace knows the seller by; ``user_id`` the id of the
    person who consents, where it is another. ``number`` counts the accounts of a marketplace from 1.
    ``facts``: what only one marketplace knows of its shops.
    """

    def __init__(
        self,
        marketplace: str,
        number: int,
        *,
        login: str,
        name: str,
        currency: str,
        account_id: str,
        user_id: str | None = None,
        new_id: Callable[[IdKind], str],
    ) -> None:
        self.marketplace, self.number = marketplace, number
        self.login, self.name, self.currency = login, name, currency
        self.account_id, self.user_id = account_id, user_id or account_id
        self.new_id = new_id
        self.created = _FOUNDED
        self.vacation = False
        self.facts: dict[str, Any] = {}
        self.images: dict[str, Image] = {}
        self._listings: dict[str, Listing] = {}
        self._by_state: dict[str, list[Listing]] = {}
        self._rendered: dict[str, dict[Hashable, bytes]] = {}

    def add(self, listing: Listing) -> None:
        """Put a listing into the shop."""
        self._listings[listing.id] = listing
        self.touch(listing)

    def remove(self, listing_id: str) -> bool:
        """Delete a listing; False when there was none."""
        listing = self._listings.pop(listing_id, None)
        if listing is not None:
            self.touch(listing)
            for image in listing.images:
                self.images.pop(image.id, None)
        return listing is not None

    def get(self, listing_id: str) -> Listing | None:
        """The listing, or None."""
        return self._listings.get(listing_id)

    def __iter__(self) -> Iterator[Listing]:
        return iter(self._listings.values())

    def __len__(self) -> int:
        return len(self._listings)

    def in_state(self, *states: str) -> list[Listing]:
        """All listings in these states (in any, when none is named), newest first."""
        key = ",".join(states)
        known = self._by_state.get(key)
        if known is None:
            # The latest added comes first among those of one second.
            known = [one for one in reversed(self._listings.values()) if not states or one.state in states]
            known.sort(key=lambda listing: listing.created, reverse=True)
            self._by_state[key] = known
        return known

    def touch(self, listing: Listing) -> None:
        """Say that a listing changed: what was derived from it is forgotten."""
        self._by_state.clear()
        for image in listing.images:
            self.images[image.id] = image
        self._rendered.pop(listing.id, None)

    def rename(self, *, name: str | None = None, currency: str | None = None) -> None:
        """Change the shop's own settings; prices keep their amounts."""
        self.name, self.currency = name or self.name, currency or self.currency
        self._rendered.clear()

    def renumber(self, listings: Iterable[Listing]) -> int:
        """Give new ids to the products and their stock records; returns how many products."""
        count = 0
        for listing in listings:
            for product in listing.products:
                product.id, product.stock_id = self.new_id(IdKind.PRODUCT), self.new_id(IdKind.STOCK)
                count += 1
            self.touch(listing)
        return count

    def rendered(self, listing_id: str, shape: Hashable, render: Callable[[], bytes]) -> bytes:
        """The listing's JSON in this shape, made once until the listing changes."""
        shapes = self._rendered.get(listing_id)
        if shapes is None:
            if len(self._rendered) >= _REMEMBERED:
                self._rendered.pop(next(iter(self._rendered)))
            shapes = self._rendered[listing_id] = {}
        body = shapes.get(shape)
        if body is None:
            body = shapes[shape] = render()
        return body


class Shops:
    """The seller accounts of one marketplace, in the order in which they were opened."""

    def __init__(self, shops: Iterable[Shop] = ()) -> None:
        self._by_user: dict[str, Shop] = {}
        for shop in shops:
            self.add(shop)

    def add(self, shop: Shop) -> None:
        """A further account."""
        self._by_user[shop.user_id] = shop

    def __iter__(self) -> Iterator[Shop]:
        return iter(list(self._by_user.values()))

    def __len__(self) -> int:
        return len(self._by_user)

    def by_user(self, user_id: str | None) -> Shop | None:
        """The account of the person who consented, or None."""
        return None if user_id is None else self._by_user.get(user_id)

    def by_account(self, account_id: str) -> Shop | None:
        """The account with this immutable id, or None."""
        return next((shop for shop in self if shop.account_id == account_id), None)

    def by_login(self, login: str | None) -> Shop | None:
        """The account with this login, or None."""
        return next((shop for shop in self if shop.login == login), None)

    def find(self, name: str) -> Shop | None:
        """By login, user id or account id."""
        return next((shop for shop in self if name in {shop.login, shop.user_id, shop.account_id}), None)

    def listing(self, listing_id: str) -> tuple[Shop, Listing] | None:
        """The listing with its shop, where ids are unique over the marketplace; None when there is none."""
        for shop in self:
            if listing := shop.get(listing_id):
                return shop, listing
        return None

    def image(self, image_id: str) -> tuple[Shop, Image] | None:
        """The photo with its shop; None when there is none."""
        for shop in self:
            if image := shop.images.get(image_id):
                return shop, image
        return None
