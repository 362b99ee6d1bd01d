"""Which adapter serves which marketplace."""

from truestock.contracts.values import Marketplace
from truestock.marketplaces.amazon.adapter import AmazonAdapter
from truestock.marketplaces.ebay.adapter import EbayAdapter
from truestock.marketplaces.etsy.adapter import EtsyAdapter
from truestock.marketplaces.interface import MarketplaceAdapter
from truestock.marketplaces.shopify.adapter import ShopifyAdapter
from truestock.marketplaces.woocommerce.adapter import WooCommerceAdapter

_ADAPTERS: dict[Marketplace, MarketplaceAdapter] = {
    Marketplace.AMAZON: AmazonAdapter(),
    Marketplace.EBAY: EbayAdapter(),
    Marketplace.ETSY: EtsyAdapter(),
    Marketplace.SHOPIFY: ShopifyAdapter(),
    Marketplace.WOOCOMMERCE: WooCommerceAdapter(),
}


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
