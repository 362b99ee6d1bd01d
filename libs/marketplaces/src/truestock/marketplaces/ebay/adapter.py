"""eBay behind the marketplace interface."""

from truestock.contracts.values import Marketplace
from truestock.marketplaces.adapter import Rooms, RoomsAdapter
from truestock.marketplaces.ebay import account, evidence, mapper, reads
from truestock.marketplaces.ebay.notices import EbayNotices
from truestock.marketplaces.ebay.oauth import OAUTH, implied
from truestock.marketplaces.ebay.wire import EbayWire


class EbayAdapter(RoomsAdapter):
    """An account is an eBay user."""

    name = Marketplace.EBAY
    mapping_version = "ebay-1"
    oauth = OAUTH
    notices = EbayNotices()
    limits_per_account = True
    api_url = "https://api.ebay.com"
    rooms = Rooms(EbayWire, account, reads, mapper, evidence, implied)
