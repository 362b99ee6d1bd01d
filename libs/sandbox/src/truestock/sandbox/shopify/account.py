"""A shop of Shopify: its host, its numbers, its places."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from truestock.sandbox.shop import IdKind, Shop

_FIRST_SHOP = 61_000_000_000
_FIRST = {
    IdKind.LISTING: 7_100_000_000_000,
    IdKind.PRODUCT: 41_000_000_000_000,
    IdKind.STOCK: 43_000_000_000_000,
    IdKind.IMAGE: 22_000_000_000_000,
}
_PER_SHOP = 10_000_000_000
_HOST = "host"
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shop keeps stock."""

    id: int
    name: str


def open_shop(number: int, *, login: str, name: str, currency: str, taken: Iterable[str]) -> Shop:
    """An empty shop; its host comes from its name and is none of those taken."""
    counters = {kind: itertools.count(first + number * _PER_SHOP + 1) for kind, first in _FIRST.items()}
    shop = Shop(
        "shopify",
        number,
        login=login,
        name=name,
        currency=currency,
        account_id=str(_FIRST_SHOP + number),
        new_id=lambda kind: str(next(counters[kind])),
    )
    host = host_for(name)
    shop.facts[_HOST] = host if host not in set(taken) else host_for(f"{name}-{number}")
    return shop


def host_for(name: str) -> str:
    """``HarbourAndThread`` becomes ``harbour-and-thread.myshopify.com``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    label = re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:_LONGEST_LABEL].strip("-")
    return f"{label or 'shop'}.myshopify.com"


def host_of(shop: Shop) -> str:
    """The shop's host for ever, whatever it is called."""
    return str(shop.facts[_HOST])


def places_of(shop: Shop) -> tuple[Place, Place]:
    """A workshop and a store."""
    first = 81_000_000 + shop.number * 10
    return Place(first, "Workshop"), Place(first + 1, "Store")
