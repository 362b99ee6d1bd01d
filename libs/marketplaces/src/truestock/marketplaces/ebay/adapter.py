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
    batch_size = reads.BATCH
    rooms = Rooms(
        wire=EbayWire,
        granted_scopes=account.read_scopes,
        account=account.read_account,
        settings=account.read_settings,
        check=account.check_scopes,
        page=reads.read_page,
        read=reads.read_by_id,
        to_listing=mapper.to_listing,
        evidence=evidence.extract,
        implied_scopes=implied,
    )
