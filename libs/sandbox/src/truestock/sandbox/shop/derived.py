"""What a marketplace derives from all listings of a shop: an index, a numbering."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from truestock.sandbox.shop.account import Shop
from truestock.sandbox.shop.model import Listing

T = TypeVar("T")


class Derived(Generic[T]):
    """Made by ``make`` from a shop's listings, newest first, and again only when one of them changed."""

    def __init__(self, make: Callable[[Sequence[Listing]], T]) -> None:
        self._make = make
        self._known: WeakKeyDictionary[Shop, tuple[Sequence[Listing], T]] = WeakKeyDictionary()

    def of(self, shop: Shop) -> T:
        """The shop as it is now."""
        source, known = shop.in_state(), self._known.get(shop)
        if known is None or known[0] is not source:
            known = self._known[shop] = (source, self._make(source))
        return known[1]
