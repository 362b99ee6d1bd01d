"""The Amazon of the sandbox, wired: accounts, tokens and routes."""

from typing import Any

from starlette.routing import Route

from truestock.sandbox import shop as neutral
from truestock.sandbox.amazon import account
from truestock.sandbox.amazon.access import AmazonAccess
from truestock.sandbox.amazon.limits import Limiter, Limits
from truestock.sandbox.amazon.oauth import (
    PRODUCT_LISTING,
    ROLES,
    SELLING_PARTNER_INSIGHTS,
    AmazonConnect,
    lwa_answer,
)
from truestock.sandbox.amazon.reading import Reading
from truestock.sandbox.amazon.stocking import Finish, adapt
from truestock.sandbox.amazon.wire import Wire
from truestock.sandbox.catalog import Catalog
from truestock.sandbox.gate import Gate
from truestock.sandbox.marketplace import Marketplace, Surroundings
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.tokens import Prefixed, TokenSettings, TokenStore
from truestock.sandbox.oauth.tokenserver import TokenServer
from truestock.sandbox.shop import Listing, Shop, Shops, keep_skus


class Amazon(Marketplace):
    """Everything under ``/amazon``."""

    name = "amazon"

    def __init__(self, around: Surroundings) -> None:
        self.shops = Shops()
        self.limits = Limits.of(around.per_second)
        self.token_settings = TokenSettings(
            access_ttl=around.token_ttl or 3_600.0, refresh_ttl=None, rotate=False
        )
        self.tokens: TokenStore = TokenStore(self.token_settings, Prefixed("Atza|", "Atzr|"), around.now)
        client = Client(
            around.client_id,
            secret=around.client_secret,
            redirect_uris=around.redirect_uris,
            scopes=ROLES,
            methods=("client_secret_post",),
        )
        server = TokenServer(
            {around.client_id: client}, self.tokens, around.now, pkce_required=False, answer=lwa_answer
        )
        self._connect = AmazonConnect("amazon", "Amazon", server, self.shops, around.faults, around.log)
        access = AmazonAccess(self.shops, self.tokens, Limiter(self.limits, around.now))
        self._gate = Gate("amazon", access, around.faults, around.log)
        self._reading = Reading(Wire(around.base), around.faults)

    def open_shop(self, number: int, *, login: str, name: str, currency: str) -> Shop:
        """A selling partner on the Amazon marketplace of its currency."""
        return account.open_shop(number, login=login, name=name, currency=currency)

    def stock(self, shop: Shop, catalog: Catalog) -> None:
        """With a SKU for everything."""
        neutral.stock(shop, catalog, adapt=adapt, finish=Finish(shop))

    def describe(self, shop: Shop) -> dict[str, Any]:
        """Which Amazon marketplace it is."""
        return {"marketplace_id": account.place_of(shop).id}

    def edited(self, shop: Shop, listing: Listing) -> None:  # noqa: ARG002 # the hook's
        """A SKU is for ever: changing it would make another item."""
        keep_skus(listing)

    def routes(self) -> list[Route]:
        """All paths of this marketplace."""
        guard, read = self._gate.endpoint, self._reading
        items = "/amazon/listings/2021-08-01/items/{seller}"
        return [
            Route("/amazon/apps/authorize/consent", self._connect.authorize, methods=["GET", "POST"]),
            Route("/amazon/auth/o2/token", self._connect.token, methods=["POST"]),
            Route(
                "/amazon/sellers/v1/marketplaceParticipations",
                guard(read.participations, SELLING_PARTNER_INSIGHTS),
            ),
            Route(items, guard(read.items, PRODUCT_LISTING), methods=["GET"]),
            Route(f"{items}/{{sku:path}}", guard(read.item, PRODUCT_LISTING), methods=["GET"]),
        ]
