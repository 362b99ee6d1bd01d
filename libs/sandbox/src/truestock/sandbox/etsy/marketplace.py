"""The Etsy of the sandbox, wired: accounts, tokens and routes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from truestock.sandbox import shop as neutral
from truestock.sandbox.catalog import Catalog
from truestock.sandbox.errors import Refusal
from truestock.sandbox.etsy import account
from truestock.sandbox.etsy.access import EtsyAccess
from truestock.sandbox.etsy.limits import PER_DAY, PER_SECOND, Limiter
from truestock.sandbox.etsy.oauth import SCOPES, EtsyTokens
from truestock.sandbox.etsy.reading import Reading
from truestock.sandbox.etsy.stocking import adapt, finish
from truestock.sandbox.etsy.wire import Wire
from truestock.sandbox.etsy.writing import Writing
from truestock.sandbox.gate import Caller, Gate
from truestock.sandbox.marketplace import Marketplace, Surroundings
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.connect import Connect
from truestock.sandbox.oauth.consent import message_page
from truestock.sandbox.oauth.tokens import TokenRefused, TokenSettings, TokenStore
from truestock.sandbox.oauth.tokenserver import TokenServer
from truestock.sandbox.shop import Listing, Shop, Shops
from truestock.sandbox.windows import CallLimits


class Etsy(Marketplace):
    """Everything under ``/etsy``."""

    name = "etsy"

    def __init__(self, around: Surroundings) -> None:
        self.shops = Shops()
        self.limits = CallLimits(around.per_second or PER_SECOND, around.per_day or PER_DAY)
        self.token_settings = TokenSettings(access_ttl=around.token_ttl or 3_600.0)
        self.tokens: TokenStore = TokenStore(self.token_settings, EtsyTokens(), around.now)
        clients = {
            around.client_id: Client(around.client_id, redirect_uris=around.redirect_uris, scopes=SCOPES)
        }
        server = TokenServer(clients, self.tokens, around.now)
        self._connect = Connect("etsy", "Etsy", server, self.shops, around.faults, around.log)
        access = EtsyAccess(clients, self.shops, self.tokens, Limiter(self.limits, around.now))
        self._gate = Gate("etsy", access, around.faults, around.log)
        wire = Wire(around.base)
        self._reading = Reading(self.shops, wire, around.faults)
        self._writing = Writing(self.shops, wire, around.now)

    def open_shop(self, number: int, *, login: str, name: str, currency: str) -> Shop:
        """A shop with its user."""
        return account.open_shop(number, login=login, name=name, currency=currency)

    def stock(self, shop: Shop, catalog: Catalog) -> None:
        """With at most two properties, and so on."""
        neutral.stock(shop, catalog, adapt=adapt, finish=finish)

    def describe(self, shop: Shop) -> dict[str, Any]:
        """Etsy's two numbers of a seller."""
        return {"user_id": int(shop.user_id), "shop_id": int(shop.account_id)}

    def edited(self, shop: Shop, listing: Listing) -> None:
        """Every update gives new product and offering ids, and writes the inventory record."""
        if any(product.quantity is not None for product in listing.products):
            listing.has_record = True
        shop.renumber([listing])

    def routes(self) -> list[Route]:
        """All paths of this marketplace."""
        api, guard, read, write = "/etsy/v3/application", self._gate.endpoint, self._reading, self._writing
        listing = f"{api}/listings/{{listing_id}}"
        return [
            Route("/etsy/shop/{name}", self._page),
            Route("/etsy/listing/{listing_id}", self._page),
            Route("/etsy/oauth/connect", self._connect.authorize, methods=["GET", "POST"]),
            Route("/etsy/v3/public/oauth/token", self._connect.token, methods=["POST"]),
            Route(f"{api}/openapi-ping", guard(read.ping)),
            Route(f"{api}/scopes", guard(self._scopes), methods=["POST"]),
            Route(f"{api}/users/me", guard(read.me, "shops_r")),
            Route(f"{api}/shops/{{shop_id}}", guard(read.shop)),
            Route(f"{api}/shops/{{shop_id}}/listings", guard(read.shop_listings, "listings_r")),
            Route(f"{api}/listings/batch", guard(read.batch)),
            Route(listing, guard(read.listing), methods=["GET"]),
            Route(f"{listing}/images", guard(read.images)),
            Route(f"{listing}/inventory", guard(read.inventory, "listings_r"), methods=["GET"]),
            Route(f"{listing}/inventory", guard(write.put_inventory, "listings_w"), methods=["PUT"]),
            Route(
                f"{api}/shops/{{shop_id}}/listings/{{listing_id}}",
                guard(write.patch_listing, "listings_w"),
                methods=["PATCH"],
            ),
        ]

    async def _page(self, request: Request) -> Response:
        """What a person sees who follows the address of a shop or a listing."""
        wanted = next(iter(request.path_params.values()))
        for shop in self.shops:
            if wanted == shop.name:
                text = f"{shop.name}: {len(shop.in_state('active'))} listings ({shop.currency})"
                return message_page("Etsy", text, 200)
            listing = shop.get(wanted)
            if listing is not None and listing.state == "active":
                return message_page("Etsy", f"{listing.title} ({shop.name})", 200)
        return message_page("Etsy", "There is nothing here.", 404)

    async def _scopes(self, _: Caller, request: Request) -> Response:
        """``tokenScopes``: what a token may do."""
        async with request.form() as form:
            token = form.get("token")
        try:
            access = self.tokens.access(token if isinstance(token, str) else "")
        except TokenRefused as refused:
            raise Refusal(401, "invalid_token", str(refused)) from None
        return JSONResponse({"scopes": sorted(access.scopes)})
