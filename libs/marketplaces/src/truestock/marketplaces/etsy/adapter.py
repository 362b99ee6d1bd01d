"""Etsy behind the marketplace interface."""

from datetime import timedelta

from truestock.contracts.values import Marketplace
from truestock.marketplaces.adapter import Rooms, RoomsAdapter
from truestock.marketplaces.etsy import account, evidence, mapper, reads
from truestock.marketplaces.etsy.wire import EtsyWire
from truestock.marketplaces.interface import OAuthProfile

OAUTH = OAuthProfile(
    authorize_url="https://www.etsy.com/oauth/connect",
    token_url="https://api.etsy.com/v3/public/oauth/token",  # noqa: S106  # an address, not a secret
    required_scopes=("listings_r", "shops_r"),
    pkce=True,
    refresh_lifetime=timedelta(days=90),
)


class EtsyAdapter(RoomsAdapter):
    """An account is a shop."""

    name = Marketplace.ETSY
    mapping_version = "etsy-1"
    oauth = OAUTH
    limits_per_account = False
    api_url = "https://api.etsy.com/v3/application"
    rooms = Rooms(EtsyWire, account, reads, mapper, evidence)
