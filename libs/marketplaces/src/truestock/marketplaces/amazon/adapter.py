"""Amazon behind the marketplace interface."""

from truestock.contracts.values import Marketplace
from truestock.marketplaces.adapter import Rooms, RoomsAdapter
from truestock.marketplaces.amazon import account, evidence, mapper, reads
from truestock.marketplaces.amazon.oauth import OAUTH
from truestock.marketplaces.amazon.wire import AmazonWire


class AmazonAdapter(RoomsAdapter):
    """An account is a selling partner, read on one Amazon marketplace, which ``store`` names.

    A listing is a variation family or a single SKU, and named by the SKU: ASINs belong to Amazon's catalogue
    and identify nothing here.
    """

    name = Marketplace.AMAZON
    mapping_version = "amazon-1"
    oauth = OAUTH
    limits_per_account = True
    api_url = "https://sellingpartnerapi-na.amazon.com"
    rooms = Rooms(AmazonWire, account, reads, mapper, evidence)
