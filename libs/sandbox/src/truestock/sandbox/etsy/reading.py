"""Etsy's reading endpoints."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.etsy import query
from truestock.sandbox.etsy.errors import not_found
from truestock.sandbox.etsy.wire import Wire
from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.gate import Caller
from truestock.sandbox.shop import STATES, Listing, Shop, Shops

_JSON = "application/json"


class Reading:
    """Reads shops and listings."""

    def __init__(self, shops: Shops, wire: Wire, faults: RoomFaults) -> None:
        self._shops, self._wire, self._faults = shops, wire, faults

    async def ping(self, caller: Caller, _: Request) -> Response:
        """``ping``."""
        return _json({"application_id": 1 + sum(caller.app.encode())})

    async def me(self, caller: Caller, _: Request) -> Response:
        """``getMe``."""
        shop = _seller(caller)
        return _json({"user_id": int(shop.user_id), "shop_id": int(shop.account_id)})

    async def shop(self, _: Caller, request: Request) -> Response:
        """``getShop``."""
        return _json(self._wire.shop(self._shop(query.path_id(request, "shop_id"))))

    async def shop_listings(self, caller: Caller, request: Request) -> Response:
        """``getListingsByShop``: newest first, one state at a time (active unless told)."""
        shop = self._shop(query.path_id(request, "shop_id"))
        if shop is not caller.shop:
            raise Refusal(403, "User does not own Shop")
        limit = query.number(request, "limit", 25, 1, 100)
        offset = query.number(request, "offset", 0, 0)
        listings = shop.in_state(query.choice(request, "state", "active", STATES))
        path = request.url.path
        page = self._faults.page(listings[offset : offset + limit], shop, path)
        total = self._faults.total(len(listings), shop, path)
        return self._page(page, total, shop, query.includes(request))

    async def batch(self, caller: Caller, request: Request) -> Response:
        """``getListingsByListingIds``: unknown ids, and other sellers' hidden listings, are left out."""
        wanted = query.includes(request)
        bodies = []
        for listing_id in dict.fromkeys(query.listing_ids(request)):
            if found := self._visible(caller, listing_id):
                shop, listing = found
                bodies.append(self._wire.page_item(shop, listing, wanted.images, wanted.inventory))
        if caller.shop:
            bodies = self._faults.page(bodies, caller.shop, request.url.path)
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
            raise not_found(f"inventory of listing {listing.id}")
        shown = self._wire.inventory(shop, listing)
        if request.query_params.get("includes") == "Listing":
            shown["listing"] = self._wire.listing(shop, listing)
        return _json(shown)

    def _page(self, page: list[Listing], total: int, shop: Shop, wanted: query.Includes) -> Response:
        render = self._wire.page_item
        return _results([render(shop, listing, wanted.images, wanted.inventory) for listing in page], total)

    def _shop(self, shop_id: str) -> Shop:
        if shop := self._shops.by_account(shop_id):
            return shop
        raise not_found(f"shop {shop_id}")

    def _one(self, caller: Caller, request: Request) -> tuple[Shop, Listing]:
        listing_id = query.path_id(request, "listing_id")
        if found := self._visible(caller, listing_id):
            return found
        raise not_found(f"listing {listing_id}")

    def _visible(self, caller: Caller, listing_id: str) -> tuple[Shop, Listing] | None:
        found = self._shops.listing(listing_id)
        return found if found and (found[0] is caller.shop or found[1].state == "active") else None


def _seller(caller: Caller) -> Shop:
    if caller.shop is None:
        raise Refusal(401, "invalid_token", "access token is missing")
    return caller.shop


def _json(shown: object) -> Response:
    return Response(orjson.dumps(shown), media_type=_JSON)


def _results(bodies: list[bytes], total: int) -> Response:
    return Response(b'{"count":%d,"results":[%b]}' % (total, b",".join(bodies)), media_type=_JSON)
