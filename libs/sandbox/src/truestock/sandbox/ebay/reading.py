"""eBay's REST endpoints: identity, inventory, call limits."""

import json
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.ebay.errors import insufficient, invalid, not_found
from truestock.sandbox.ebay.index import Index, Item
from truestock.sandbox.ebay.limits import Limiter
from truestock.sandbox.ebay.oauth import application_user
from truestock.sandbox.ebay.wire import Wire
from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.gate import Caller
from truestock.sandbox.shop import Shop

INVENTORY = "/ebay/sell/inventory/v1"
_MOST_ITEMS = 200
_BULK = 25


class Reading:
    """Reads; ``index`` is shared with the Trading API."""

    def __init__(self, wire: Wire, index: Index, limiter: Limiter, faults: RoomFaults, base: str) -> None:
        self._wire, self._index, self._limiter = wire, index, limiter
        self._faults, self._base = faults, base

    async def user(self, caller: Caller, _: Request) -> Response:
        """``getUser``."""
        return _json(self._wire.user(_seller(caller)))

    async def items(self, caller: Caller, request: Request) -> Response:
        """``getInventoryItems``: its links count records."""
        shop, path = _seller(caller), request.url.path
        limit, offset = _number(request, "limit", 25), _number(request, "offset", 0)
        if not 1 <= limit <= _MOST_ITEMS:
            raise invalid("You have provided invalid pagination values.", 25706)
        found = self._index.of(shop).items
        total = self._faults.total(len(found), shop, path)
        page = self._faults.page(list(found[offset : offset + limit]), shop, path)
        rows = b",".join(self._item(shop, item, "groupIds") for item in page)
        links = {"href": self._link(limit, offset)}
        if offset + limit < len(found):
            links["next"] = self._link(limit, offset + limit)
        if offset:
            links["prev"] = self._link(limit, max(0, offset - limit))
        head = orjson.dumps({**links, "limit": limit, "size": -(-total // limit), "total": total})[:-1]
        return Response(head + b',"inventoryItems":[' + rows + b"]}", media_type="application/json")

    async def item(self, caller: Caller, request: Request) -> Response:
        """``getInventoryItem``."""
        shop = _seller(caller)
        found = self._index.of(shop).by_sku.get(request.path_params["sku"])
        if found is None:
            raise not_found(25702)
        return Response(self._item(shop, found, "groupIds"), media_type="application/json")

    async def bulk_items(self, caller: Caller, request: Request) -> Response:
        """``bulkGetInventoryItem``."""
        shop, skus = _seller(caller), _skus(await request.body())
        by_sku = self._index.of(shop).by_sku
        error = {"errorId": 25702, "domain": "API_INVENTORY", "category": "REQUEST"}
        responses: list[dict[str, Any]] = []
        for sku in self._faults.page(skus, shop, request.url.path):
            if sku in by_sku:
                item = orjson.Fragment(self._item(shop, by_sku[sku], "inventoryItemGroupKeys"))
                responses.append({"sku": sku, "statusCode": 200, "inventoryItem": item})
            else:
                words = f"{sku} could not be found or is not available in the system."
                responses.append({"sku": sku, "statusCode": 404, "errors": [{**error, "message": words}]})
        return _json({"responses": responses}, 200 if all(sku in by_sku for sku in skus) else 207)

    async def group(self, caller: Caller, request: Request) -> Response:
        """``getInventoryItemGroup``."""
        found = self._index.of(_seller(caller)).groups.get(request.path_params["key"])
        if found is None:
            raise not_found(25705)
        return _json(self._wire.group(found))

    async def offers(self, caller: Caller, request: Request) -> Response:
        """``getOffers`` of one SKU."""
        shop, sku = _seller(caller), request.query_params.get("sku")
        if not sku:
            raise invalid("Invalid value for sku.")
        found = self._index.of(shop).by_sku.get(sku)
        if found is None:
            raise not_found(25713)
        link = f"{self._base}{INVENTORY}/offer?sku={sku}&offset=0&limit=100"
        offers = [self._wire.offer(shop, found)]
        return _json({"href": link, "total": 1, "size": 1, "limit": 100, "offers": offers})

    async def offer(self, caller: Caller, request: Request) -> Response:
        """``getOffer``."""
        shop = _seller(caller)
        found = self._index.of(shop).by_offer.get(request.path_params["offer_id"])
        if found is None:
            raise not_found(25713)
        return _json(self._wire.offer(shop, found))

    async def locations(self, caller: Caller, request: Request) -> Response:
        """``getInventoryLocations``."""
        found = self._wire.locations(_seller(caller))
        offset, limit = _number(request, "offset", 0), _number(request, "limit", 100)
        page = found[offset : offset + limit]
        link = f"{self._base}{INVENTORY}/location?limit={limit}&offset={offset}"
        return _json({"href": link, "limit": limit, "offset": offset, "total": len(found), "locations": page})

    async def user_limits(self, caller: Caller, request: Request) -> Response:
        """``getUserRateLimits``: of the seller whose token it is."""
        return self._rates(request, _seller(caller).account_id)

    async def application_limits(self, caller: Caller, request: Request) -> Response:
        """``getRateLimits``: of the application, whose own token it wants."""
        if caller.shop is not None:
            raise insufficient()
        return self._rates(request, application_user(caller.app))

    def _rates(self, request: Request, whose: str) -> Response:
        asked = request.query_params
        if asked.get("api_context", "sell").lower() != "sell":
            return Response(status_code=204)
        if asked.get("api_name", "inventory").lower() != "inventory":
            return Response(status_code=204)
        resources = [{"name": "sell.inventory", "rates": self._limiter.rates(whose)}]
        limit = {"apiContext": "sell", "apiName": "inventory", "apiVersion": "v1", "resources": resources}
        return _json({"rateLimits": [limit]})

    def _item(self, shop: Shop, item: Item, keys: str) -> bytes:
        shape = (keys, item.product.sku)
        return shop.rendered(item.listing.id, shape, lambda: orjson.dumps(self._wire.item(shop, item, keys)))

    def _link(self, limit: int, offset: int) -> str:
        return f"{self._base}{INVENTORY}/inventory_item?limit={limit}&offset={offset}"


def _skus(body: bytes) -> list[str]:
    try:
        asked = json.loads(body)["requests"]
        skus = [one["sku"] for one in asked]
    except (ValueError, KeyError, TypeError):
        raise invalid("Invalid request.") from None
    if not skus or not all(isinstance(sku, str) and sku for sku in skus):
        raise invalid("Invalid SKU.", 25708)
    if len(skus) > _BULK:
        raise invalid(f"The number of InventoryItems in the request cannot exceed {_BULK}.", 25727)
    if len(set(skus)) < len(skus):
        raise invalid("SKU should be unique in the request.", 25734)
    return skus


def _number(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise invalid("You have provided invalid pagination values.", 25706)
    return int(value)


def _seller(caller: Caller) -> Shop:
    if caller.shop is None:
        raise insufficient()
    return caller.shop


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
