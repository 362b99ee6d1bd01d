"""Etsy's reading endpoints."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.etsy import query
from truestock.sandbox.etsy.errors import EtsyError, not_found
from truestock.sandbox.etsy.gate import Caller
from truestock.sandbox.etsy.shop import STATES, EtsyListing, EtsyShop
from truestock.sandbox.etsy.wire import Wire
from truestock.sandbox.faults import Fault, FaultKind, Faults, Where

_JSON = "application/json"


class Reading:
    """Reads shops and listings; ``shops`` by user id."""

    def __init__(self, shops: dict[int, EtsyShop], wire: Wire, faults: Faults) -> None:
        self._shops, self._wire, self._faults = shops, wire, faults

    async def ping(self, caller: Caller, _: Request) -> Response:
        """``ping``."""
        return _json({"application_id": 1 + sum(caller.app.encode())})

    async def me(self, caller: Caller, _: Request) -> Response:
        """``getMe``."""
        shop = _seller(caller)
        return _json({"user_id": shop.user_id, "shop_id": shop.shop_id})

    async def shop(self, _: Caller, request: Request) -> Response:
        """``getShop``."""
        return _json(self._wire.shop(self._shop(query.path_id(request, "shop_id"))))

    async def shop_listings(self, caller: Caller, request: Request) -> Response:
        """``getListingsByShop``: newest first, one state at a time (active unless told)."""
        shop = self._shop(query.path_id(request, "shop_id"))
        if shop is not caller.shop:
            raise EtsyError(403, "User does not own Shop")
        limit = query.number(request, "limit", 25, 1, 100)
        offset = query.number(request, "offset", 0, 0)
        listings = shop.in_state(query.choice(request, "state", "active", STATES))
        page, total = listings[offset : offset + limit], len(listings)
        path = request.url.path
        if page and (fault := self._take(FaultKind.TRUNCATE_PAGE, shop, path)):
            missing = fault.drop if fault.drop is not None else (len(page) + 1) // 2
            page = page[: max(0, len(page) - missing)]
        if fault := self._take(FaultKind.WRONG_TOTAL, shop, path):
            total = max(0, total + fault.delta)
        return self._page(page, total, shop, query.includes(request))

    async def batch(self, caller: Caller, request: Request) -> Response:
        """``getListingsByListingIds``: unknown ids, and other sellers' hidden listings, are left out."""
        wanted = query.includes(request)
        bodies = []
        for listing_id in dict.fromkeys(query.listing_ids(request)):
            if found := self._visible(caller, listing_id):
                shop, listing = found
                bodies.append(self._wire.page_item(shop, listing, wanted.images, wanted.inventory))
        if caller.shop and (fault := self._take(FaultKind.TRUNCATE_PAGE, caller.shop, request.url.path)):
            missing = fault.drop if fault.drop is not None else (len(bodies) + 1) // 2
            del bodies[max(0, len(bodies) - missing) :]
        return _results(bodies, len(bodies))

    async def listing(self, caller: Caller, request: Request) -> Response:
        """``getListing``."""
        wanted = query.includes(request)
        shop, listing = self._one(caller, request)
        return Response(
            self._wire.page_item(shop, listing, wanted.images, wanted.inventory), media_type=_JSON
        )

    async def images(self, caller: Caller, request: Request) -> Response:
        """``getListingImages``."""
        _, listing = self._one(caller, request)
        shown = self._wire.images(listing)
        return _json({"count": len(shown), "results": shown})

    async def inventory(self, caller: Caller, request: Request) -> Response:
        """``getListingInventory``: 404 for a listing without an inventory record."""
        shop, listing = self._one(caller, request)
        if not listing.has_record:
            raise not_found(f"inventory of listing {listing.listing_id}")
        shown = self._wire.inventory(shop, listing)
        if request.query_params.get("includes") == "Listing":
            shown["listing"] = self._wire.listing(shop, listing)
        return _json(shown)

    def _take(self, kind: FaultKind, shop: EtsyShop, path: str) -> Fault | None:
        return self._faults.take((kind,), shop.account_id, Where.API, path)

    def _page(self, page: list[EtsyListing], total: int, shop: EtsyShop, wanted: query.Includes) -> Response:
        render = self._wire.page_item
        return _results([render(shop, listing, wanted.images, wanted.inventory) for listing in page], total)

    def _shop(self, shop_id: int) -> EtsyShop:
        for shop in self._shops.values():
            if shop.shop_id == shop_id:
                return shop
        raise not_found(f"shop {shop_id}")

    def _one(self, caller: Caller, request: Request) -> tuple[EtsyShop, EtsyListing]:
        listing_id = query.path_id(request, "listing_id")
        if found := self._visible(caller, listing_id):
            return found
        raise not_found(f"listing {listing_id}")

    def _visible(self, caller: Caller, listing_id: int) -> tuple[EtsyShop, EtsyListing] | None:
        for shop in self._shops.values():
            if listing := shop.get(listing_id):
                return (shop, listing) if shop is caller.shop or listing.state == "active" else None
        return None


def _seller(caller: Caller) -> EtsyShop:
    if caller.shop is None:
        raise EtsyError(401, "invalid_token", "access token is missing")
    return caller.shop


def _json(shown: object) -> Response:
    return Response(orjson.dumps(shown), media_type=_JSON)


def _results(bodies: list[bytes], total: int) -> Response:
    return Response(b'{"count":%d,"results":[%b]}' % (total, b",".join(bodies)), media_type=_JSON)
