"""A selling partner on one Amazon marketplace, chosen by the account's currency."""

import itertools
from dataclasses import dataclass

from truestock.sandbox.shop import IdKind, Shop

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IDS_OF_A_SHOP = 10_000_000
MARKETPLACE = "marketplace"
"""The fact of a shop that names its Amazon marketplace."""


@dataclass(frozen=True, slots=True)
class Place:
    """One Amazon marketplace; ``channel`` is its fulfillment network (FBA)."""

    id: str
    name: str
    country: str
    language: str
    domain: str
    channel: str


_AMERICA = Place("ATVPDKIKX0DER", "Amazon.com", "US", "en_US", "www.amazon.com", "AMAZON_NA")
_PLACES = {
    "USD": _AMERICA,
    "CAD": Place("A2EUQ1WTGCTBG2", "Amazon.ca", "CA", "en_CA", "www.amazon.ca", "AMAZON_NA"),
    "EUR": Place("A1PA6795UKMFR9", "Amazon.de", "DE", "de_DE", "www.amazon.de", "AMAZON_EU"),
    "GBP": Place("A1F83G8C2ARO7P", "Amazon.co.uk", "GB", "en_GB", "www.amazon.co.uk", "AMAZON_EU"),
}


def open_shop(number: int, *, login: str, name: str, currency: str) -> Shop:
    """An empty account; later changes of its currency do not move it to another marketplace."""
    numbers = itertools.count(number * _IDS_OF_A_SHOP + 1)

    def new_id(kind: IdKind) -> str:
        running = next(numbers)
        return str(running) if kind is IdKind.IMAGE else _asin(running)

    shop = Shop(
        "amazon",
        number,
        login=login,
        name=name,
        currency=currency,
        account_id=f"A2SANDBOX{number:05d}",
        new_id=new_id,
    )
    shop.facts[MARKETPLACE] = _PLACES.get(currency, _AMERICA)
    return shop


def place_of(shop: Shop) -> Place:
    """Where the account sells."""
    found: Place = shop.facts[MARKETPLACE]
    return found


def _asin(number: int) -> str:
    """Ten characters that begin with B0, as Amazon's catalogue numbers do."""
    text = ""
    for _ in range(8):
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return f"B0{text}"
