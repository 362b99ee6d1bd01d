"""The Shopify of the sandbox, wired: accounts, tokens and routes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from truestock.sandbox import shop as neutral
from truestock.sandbox.catalog import Catalog
from truestock.sandbox.gate import Caller, Gate
from truestock.sandbox.marketplace import Marketplace, Surroundings
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.consent import message_page
from truestock.sandbox.oauth.tokens import TokenSettings
from truestock.sandbox.oauth.tokenserver import TokenServer
from truestock.sandbox.shop import Shop, Shops
from truestock.sandbox.shopify import account
from truestock.sandbox.shopify.access import ShopifyAccess, shop_at
from truestock.sandbox.shopify.account import host_of
from truestock.sandbox.shopify.answering import Answering, json_answer
from truestock.sandbox.shopify.limits import Limits, Points
from truestock.sandbox.shopify.notices import Webhooks
from truestock.sandbox.shopify.oauth import SCOPES, ShopifyConnect
from truestock.sandbox.shopify.stocking import adapt
from truestock.sandbox.shopify.tokens import ShopifyTokens, answer


class Shopify(Marketplace):
    """Everything under ``/shopify``."""

    name = "shopify"

    def __init__(self, around: Surroundings) -> None:
        self.shops = Shops()
        self.limits = Limits.of(around.per_second)
        self.token_settings = TokenSettings(
            access_ttl=around.token_ttl or 3_600.0, revoke_family_on_reuse=False
        )
        self.tokens: ShopifyTokens = ShopifyTokens(self.token_settings, around.now)
        client = Client(
            around.client_id,
            secret=around.client_secret,
            redirect_uris=around.redirect_uris,
            scopes=SCOPES,
            methods=("client_secret_post",),
        )
        server = TokenServer(
            {around.client_id: client}, self.tokens, around.now, pkce_required=False, answer=answer
        )
        self._connect = ShopifyConnect(
            server, self.shops, around.faults, around.log, secret=around.client_secret, now=around.now
        )
        points = Points(self.limits, around.now)
        access = ShopifyAccess(self.shops, self.tokens, points)
        self._gate = Gate("shopify", access, around.faults, around.log)
        self._answering = Answering(around.base, points, around.faults)
        self._webhooks = Webhooks(around.notices, around.client_secret, around.now)

    def open_shop(self, number: int, *, login: str, name: str, currency: str) -> Shop:
        """A shop with a host of its own."""
        taken = [host_of(shop) for shop in self.shops]
        return account.open_shop(number, login=login, name=name, currency=currency, taken=taken)

    def stock(self, shop: Shop, catalog: Catalog) -> None:
        """With at most three options, and so on."""
        neutral.stock(shop, catalog, adapt=adapt)

    def describe(self, shop: Shop) -> dict[str, Any]:
        """The shop's host, which connecting it needs."""
        return {"store": host_of(shop)}

    async def removed(self, shop: Shop) -> None:
        """Tell that the application was uninstalled."""
        await self._webhooks.uninstalled(shop)

    async def closed(self, shop: Shop) -> None:
        """Tell that what is known of the shop must be erased."""
        await self._webhooks.redact(shop)

    def routes(self) -> list[Route]:
        """All paths of this marketplace."""
        admin = "/shopify/{host}/admin"
        return [
            Route("/shopify/{host}/products/{handle}", self._page),
            Route(f"{admin}/oauth/authorize", self._connect.authorize, methods=["GET", "POST"]),
            Route(f"{admin}/oauth/access_token", self._connect.token, methods=["POST"]),
            Route(
                f"{admin}/api_permissions/current.json",
                self._gate.endpoint(self._uninstall),
                methods=["DELETE"],
            ),
            Route(
                f"{admin}/api/{{version}}/graphql.json",
                self._gate.endpoint(self._answering.graphql),
                methods=["POST"],
            ),
        ]

    async def _uninstall(self, caller: Caller, _: Request) -> Response:
        """The application removes itself from the shop; the shop's webhook tells so as well."""
        if caller.shop is not None:
            self.revoke(caller.shop)
            await self.removed(caller.shop)
        return json_answer({})

    async def _page(self, request: Request) -> Response:
        """What a person sees who follows the address of a product."""
        shop, handle = shop_at(self.shops, request), request.path_params["handle"]
        for listing in shop or ():
            if handle in {listing.handle, f"product-{listing.id}"} and listing.state != "draft":
                return message_page("Shopify", f"{listing.title} ({shop.name if shop else ''})", 200)
        return message_page("Shopify", "There is nothing here.", 404)
