"""SKUs for marketplaces that want one for everything, unique in the account and for ever."""

import hashlib
from collections.abc import Callable, Iterable

from truestock.sandbox.shop.model import Listing

_KEPT = "sku"  # the fact of a product that holds its SKU


MADE = "OWN-"
"""How SKUs begin that a seller without any makes up for a marketplace that wants one: the same on each."""


class Skus:
    """The SKUs of one account; those that were made up begin with ``prefix``.

    ``fits`` says whether the marketplace accepts a seller's SKU.
    """

    def __init__(self, prefix: str, fits: Callable[[str], bool], used: Iterable[str | None] = ()) -> None:
        self._prefix, self._fits = prefix, fits
        self._used = set(used)

    def usable(self, sku: str | None) -> bool:
        """Whether it fits and is free."""
        return bool(sku) and self._fits(sku or "") and sku not in self._used

    def take(self, wanted: str | None, about: Iterable[str]) -> str:
        """The wanted SKU, or one that is always the same for what it is ``about``."""
        sku = wanted or ""
        if not self.usable(sku):
            digest = hashlib.sha256("\0".join(about).encode()).hexdigest().upper()
            ends = (digest[start : start + 10] for start in range(len(digest) - 10))
            sku = next(made for end in ends if (made := f"{self._prefix}{end}") not in self._used)
        self._used.add(sku)
        return sku

    def name(self, listing: Listing) -> None:
        """Give each product of a listing the SKU that it keeps."""
        for product in listing.products:
            product.sku = self.take(product.sku, (listing.handle or listing.title, *product.values))
            product.facts = {**product.facts, _KEPT: product.sku}


def keep_skus(listing: Listing) -> None:
    """Undo a change of SKUs: another one would be another item."""
    for product in listing.products:
        product.sku = product.facts.get(_KEPT, product.sku)
