"""The Etsy of the sandbox, wired: accounts, tokens and routes."""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from truestock.sandbox.etsy.connect import Connect
from truestock.sandbox.etsy.consent import message_page
from truestock.sandbox.etsy.errors import EtsyError
from truestock.sandbox.etsy.gate import Caller, Gate
from truestock.sandbox.etsy.limits import Limiter, Limits
from truestock.sandbox.etsy.oauth import SCOPES, EtsyServer
from truestock.sandbox.etsy.reading import Reading
from truestock.sandbox.etsy.shop import EtsyShop
from truestock.sandbox.etsy.tokens import TokenRefused, TokenSettings, TokenStore
from truestock.sandbox.etsy.wire import Wire
from truestock.sandbox.etsy.writing import Writing
from truestock.sandbox.faults import Faults
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.photos import FoundPhoto
from truestock.sandbox.requestlog import RequestLog


class Etsy:
    """Everything under ``/etsy``; ``now`` in seconds since 1970."""

    def __init__(
        self,
        shops: Iterable[EtsyShop],
        *,
        base: str,
        apps: Iterable[tuple[str, tuple[str, ...]]],
        limits: Limits,
        token_settings: TokenSettings,
        faults: Faults,
        log: RequestLog,
        now: Callable[[], float],
    ) -> None:
        self.shops = {shop.user_id: shop for shop in shops}
        self.limits, self.token_settings = limits, token_settings
        clients = {app: Client(app, redirect_uris=uris, scopes=SCOPES) for app, uris in apps}
        self.tokens = TokenStore(token_settings, now)
        self.server = EtsyServer(clients, self.tokens, now)
        self._connect = Connect(self.server, self.shops, faults, log)
        self._gate = Gate(clients, self.shops, self.tokens, Limiter(limits, now), faults, log)
        wire = Wire(base)
        self._reading = Reading(self.shops, wire, faults)
        self._writing = Writing(self.shops, wire, now)

    def find_photo(self, photo_id: int) -> FoundPhoto | None:
        """Whose photo it is; None when there is none."""
        for shop in self.shops.values():
            if image := shop.images.get(photo_id):
                return FoundPhoto(shop.account_id, image.broken)
        return None

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
        for shop in self.shops.values():
            if wanted == shop.name:
                return message_page(
                    f"{shop.name}: {len(shop.in_state('active'))} listings ({shop.currency})", 200
                )
            listing = shop.get(int(wanted)) if wanted.isascii() and wanted.isdigit() else None
            if listing is not None and listing.state == "active":
                return message_page(f"{listing.title} ({shop.name})", 200)
        return message_page("There is nothing here.", 404)

    async def _scopes(self, _: Caller, request: Request) -> Response:
        """``tokenScopes``: what a token may do."""
        async with request.form() as form:
            token = form.get("token")
        try:
            family = self.tokens.family_of_access(token if isinstance(token, str) else "")
        except TokenRefused as refused:
            raise EtsyError(401, "invalid_token", str(refused)) from None
        return JSONResponse({"scopes": sorted(family.scopes)})
