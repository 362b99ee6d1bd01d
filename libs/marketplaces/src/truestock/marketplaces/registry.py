"""Which adapter serves which marketplace."""

from truestock.contracts.values import Marketplace
from truestock.marketplaces.etsy.adapter import EtsyAdapter
from truestock.marketplaces.interface import MarketplaceAdapter

_ADAPTERS: dict[Marketplace, MarketplaceAdapter] = {Marketplace.ETSY: EtsyAdapter()}


class UnknownMarketplace(LookupError):
    """No adapter serves this marketplace; the message names those that are served."""


def get(marketplace: str) -> MarketplaceAdapter:
    """The adapter of ``marketplace``; raises :class:`UnknownMarketplace`."""
    try:
        return _ADAPTERS[Marketplace(marketplace)]
    except KeyError:
        served = ", ".join(available())
        raise UnknownMarketplace(f"{marketplace!r} is not served; these are: {served}") from None


def available() -> tuple[str, ...]:
    """The names of the marketplaces that are served."""
    return tuple(sorted(_ADAPTERS))
