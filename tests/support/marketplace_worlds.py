"""Marketplaces of plain values, all with the same small surface: what the shared adapter suite runs on.

A marketplace joins the suite with one line in WORLDS. Its module ``support/<marketplace>_shop.py`` has
``world(n_listings, variants=1)``, which makes a :class:`MarketplaceWorld` of ordinary listings that are for
sale, have a SKU per variant, two photos, and a known quantity and price.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx
from support import amazon_shop, ebay_shop, etsy_shop, shopify_shop, woocommerce_shop

from truestock.marketplaces.api import Api
from truestock.marketplaces.interface import MarketplaceAdapter

Intercept = Callable[[httpx.Request, Any], Any]
"""Gets every request that shows a valid token and the decoded answer to it; returns that answer, another
one, or an httpx.Response, or raises as httpx does."""


class Renewable(Protocol):
    """Access tokens ``t1``, ``t2``, …: the next one after each refusal."""

    refusals: int


class MarketplaceWorld(Protocol):
    """One seller's marketplace behind an httpx.MockTransport; the test decides what the adapter sees.

    ``listings``: one raw object per listing. ``valid_token`` is the one that is not refused. ``now`` is the
    clock of the rate gate, ``waits`` the seconds that it waited.
    """

    listings: list[dict[str, Any]]
    requests: list[httpx.Request]
    intercept: Intercept | None
    valid_token: str
    tokens: Any
    now: datetime
    waits: list[float]

    def api(self) -> tuple[MarketplaceAdapter, Api]:
        """The adapter, and a client for this seller."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A marketplace in the suite.

    ``promise_more`` changes the decoded answer of a page so that it declares five listings more than there
    are; None where the marketplace declares no total.
    """

    name: str
    world: Callable[..., MarketplaceWorld]
    promise_more: Callable[[Any], Any] | None = None


WORLDS = (
    Entry(
        "amazon",
        amazon_shop.world,
        lambda body: {**body, "numberOfResults": body["numberOfResults"] + 5},
    ),
    Entry("ebay", ebay_shop.world, ebay_shop.promise_more),
    Entry("etsy", etsy_shop.world, lambda body: {**body, "count": body["count"] + 5}),
    Entry("shopify", shopify_shop.world),
    Entry("woocommerce", woocommerce_shop.world, woocommerce_shop.promise_more),
)
