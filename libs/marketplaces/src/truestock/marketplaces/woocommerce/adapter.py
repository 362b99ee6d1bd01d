"""WooCommerce behind the marketplace interface."""

from collections.abc import Collection

from truestock.contracts.values import Marketplace
from truestock.marketplaces.adapter import Rooms, RoomsAdapter
from truestock.marketplaces.woocommerce import account, evidence, mapper, reads
from truestock.marketplaces.woocommerce.oauth import WooCommerceProfile
from truestock.marketplaces.woocommerce.wire import WooCommerceWire

OAUTH = WooCommerceProfile(
    authorize_url="{store}/wc-auth/v1/authorize",
    token_url="{store}/wc-auth/v1/authorize",  # noqa: S106  # an address; nothing is ever posted there
    required_scopes=("read",),
    pkce=False,
    refresh_lifetime=None,
    needs_store=True,
    posts_keys=True,
)


def _implied(granted: Collection[str]) -> set[str]:
    """A ``read_write`` key opens both (REST API documentation, keys)."""
    return {"read"} if "read_write" in granted else set()


class WooCommerceAdapter(RoomsAdapter):
    """An account is a store's address."""

    name = Marketplace.WOOCOMMERCE
    mapping_version = "woocommerce-1"
    oauth = OAUTH
    limits_per_account = True
    api_url = "{store}/wp-json"
    rooms = Rooms(WooCommerceWire, account, reads, mapper, evidence, _implied)
