"""A seller on eBay; the site is that of the account's currency."""

import itertools
from typing import NamedTuple

from truestock.sandbox.shop import IdKind, Shop

_IDS_OF_A_SHOP = 10_000_000
_FIRST_ITEM = 110_000_000_000


class Site(NamedTuple):
    """One eBay site."""

    marketplace_id: str
    country: str
    locale: str
    domain: str


_US = Site("EBAY_US", "US", "en_US", "www.ebay.com")
_SITES = {
    "USD": _US,
    "AUD": Site("EBAY_AU", "AU", "en_AU", "www.ebay.com.au"),
    "CAD": Site("EBAY_CA", "CA", "en_CA", "www.ebay.ca"),
    "CHF": Site("EBAY_CH", "CH", "de_CH", "www.ebay.ch"),
    "EUR": Site("EBAY_DE", "DE", "de_DE", "www.ebay.de"),
    "GBP": Site("EBAY_GB", "GB", "en_GB", "www.ebay.co.uk"),
    "PLN": Site("EBAY_PL", "PL", "pl_PL", "www.ebay.pl"),
}


def open_shop(number: int, *, login: str, name: str, currency: str) -> Shop:
    """An empty account. Items have twelve digits."""
    numbers = itertools.count(number * _IDS_OF_A_SHOP + 1)

    def new_id(kind: IdKind) -> str:
        running = next(numbers)
        return str(running + _FIRST_ITEM if kind is IdKind.LISTING else running)

    return Shop(
        "ebay",
        number,
        login=login,
        name=name,
        currency=currency,
        account_id=f"sbxUser{number:04d}",
        new_id=new_id,
    )


def site_of(shop: Shop) -> Site:
    """Where the account is registered."""
    return _SITES.get(shop.currency, _US)
