"""The eBay of the sandbox, wired: accounts, tokens and routes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from truestock.sandbox import shop as neutral
from truestock.sandbox.catalog import Catalog
from truestock.sandbox.ebay import account
from truestock.sandbox.ebay.access import TRADING, EbayAccess
from truestock.sandbox.ebay.index import PUBLISHED, Index
from truestock.sandbox.ebay.limits import PER_DAY, PER_SECOND, Limiter
from truestock.sandbox.ebay.notices import ACCOUNT_DELETED, AUTHORIZATION_REVOKED, Sender
from truestock.sandbox.ebay.oauth import IDENTITY, INVENTORY_READ, ROOT, SCOPES, EbayConnect, token_server
from truestock.sandbox.ebay.reading import INVENTORY, Reading
from truestock.sandbox.ebay.stocking import Finish, adapt
from truestock.sandbox.ebay.trading import Trading
from truestock.sandbox.ebay.wire import Wire
from truestock.sandbox.gate import Gate
from truestock.sandbox.marketplace import Marketplace, Surroundings
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.consent import message_page
from truestock.sandbox.oauth.tokens import Prefixed, TokenSettings, TokenStore
from truestock.sandbox.shop import Listing, Shop, Shops, keep_skus
from truestock.sandbox.windows import CallLimits

_REFRESH_TTL = 47_304_000.0  # 18 months
_ANALYTICS = "/ebay/developer/analytics/v1_beta"


class Ebay(Marketplace):
    """Everything under ``/ebay``."""

    name = "ebay"

    def __init__(self, around: Surroundings) -> None:
        self.shops = Shops()
        self.limits = CallLimits(around.per_second or PER_SECOND, around.per_day or PER_DAY)
        self.token_settings = TokenSettings(
            access_ttl=around.token_ttl or 7_200.0, refresh_ttl=_REFRESH_TTL, rotate=False
        )
        self.tokens: TokenStore = TokenStore(
            self.token_settings, Prefixed("v^1.1#i^1#r^0#", "v^1.1#i^1#r^1#"), around.now
        )
        client = Client(
            around.client_id,
            secret=around.client_secret,
            redirect_uris=around.redirect_uris,
            scopes=SCOPES,
            grants=("authorization_code", "refresh_token", "client_credentials"),
            methods=("client_secret_basic",),
        )
        server = token_server({around.client_id: client}, self.tokens, around.now)
        self._connect = EbayConnect(
            around.redirect_uris, "ebay", "eBay", server, self.shops, around.faults, around.log
        )
        limiter, index, wire = Limiter(self.limits, around.now), Index(), Wire(around.base)
        access = EbayAccess(self.shops, self.tokens, limiter)
        self._gate = Gate("ebay", access, around.faults, around.log)
        self._reading = Reading(wire, index, limiter, around.faults, around.base)
        self._trading = Trading(self.shops, wire, index, around.faults, around.base)
        self._sender = Sender(around.notices, around.now)

    def open_shop(self, number: int, *, login: str, name: str, currency: str) -> Shop:
        """A seller on the eBay site of the currency."""
        return account.open_shop(number, login=login, name=name, currency=currency)

    def stock(self, shop: Shop, catalog: Catalog) -> None:
        """As inventory items, in groups and by hand."""
        neutral.stock(shop, catalog, adapt=adapt, finish=Finish(shop))

    def describe(self, shop: Shop) -> dict[str, Any]:
        """Which eBay site it is."""
        return {"marketplace_id": account.site_of(shop).marketplace_id}

    def edited(self, shop: Shop, listing: Listing) -> None:  # noqa: ARG002 # the hook's
        """The SKU of an inventory item is for ever: changing it would make another item."""
        keep_skus(listing)

    async def removed(self, shop: Shop) -> None:
        """A notice that the authorization was revoked."""
        await self._sender.send(shop, AUTHORIZATION_REVOKED)

    async def closed(self, shop: Shop) -> None:
        """A notice that the account is deleted."""
        await self._sender.send(shop, ACCOUNT_DELETED)

    def routes(self) -> list[Route]:
        """All paths of this marketplace."""
        guard, read = self._gate.endpoint, self._reading

        def inventory(path: str, handler: Any, method: str = "GET") -> Route:
            return Route(f"{INVENTORY}{path}", guard(handler, INVENTORY_READ), methods=[method])

        return [
            Route("/ebay/oauth2/authorize", self._connect.authorize, methods=["GET", "POST"]),
            Route("/ebay/identity/v1/oauth2/token", self._connect.token, methods=["POST"]),
            Route("/ebay/commerce/identity/v1/user/", guard(read.user, IDENTITY)),
            inventory("/inventory_item", read.items),
            inventory("/bulk_get_inventory_item", read.bulk_items, "POST"),
            inventory("/inventory_item/{sku:path}", read.item),
            inventory("/inventory_item_group/{key:path}", read.group),
            inventory("/offer", read.offers),
            inventory("/offer/{offer_id}", read.offer),
            inventory("/location", read.locations),
            Route(f"{_ANALYTICS}/user_rate_limit/", guard(read.user_limits, INVENTORY_READ)),
            Route(f"{_ANALYTICS}/rate_limit/", guard(read.application_limits, ROOT)),
            Route("/ebay/commerce/notification/v1/public_key/{key_id}", guard(self._sender.public_key, ROOT)),
            Route(TRADING, guard(self._trading.call), methods=["POST"]),
            Route("/ebay/itm/{number}", self._page),
        ]

    async def _page(self, request: Request) -> Response:
        """What a person sees who follows the address of a listing."""
        for shop in self.shops:
            for listing in shop.in_state(*PUBLISHED):
                if listing.facts["item_id"] == request.path_params["number"]:
                    return message_page("eBay", f"{listing.title} ({shop.name})", 200)
        return message_page("eBay", "There is nothing here.", 404)
