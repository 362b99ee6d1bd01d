"""Shopify behind the marketplace interface."""

from truestock.contracts.values import Marketplace
from truestock.marketplaces.adapter import Rooms, RoomsAdapter
from truestock.marketplaces.shopify import account, evidence, mapper, reads
from truestock.marketplaces.shopify.notices import ShopifyNotices
from truestock.marketplaces.shopify.oauth import OAUTH, implied
from truestock.marketplaces.shopify.wire import ShopifyWire


class ShopifyAdapter(RoomsAdapter):
    """An account is a shop; ``store`` is its host."""

    name = Marketplace.SHOPIFY
    mapping_version = "shopify-1"
    oauth = OAUTH
    notices = ShopifyNotices()
    limits_per_account = True
    api_url = "https://{store}"
    rooms = Rooms(ShopifyWire, account, reads, mapper, evidence, implied)
