"""Amazon's reading endpoints."""

from collections.abc import Sequence

import orjson
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.amazon import query
from truestock.sandbox.amazon.errors import REQUEST_ID, not_found, request_id, unauthorized
from truestock.sandbox.amazon.items import Index, Item, Items
from truestock.sandbox.amazon.wire import Wire
from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.gate import Caller
from truestock.sandbox.shop import Shop


class Reading:
    """Reads participations and listings items."""

    def __init__(self, wire: Wire, faults: RoomFaults) -> None:
        self._wire, self._faults, self._index = wire, faults, Index()

    async def participations(self, caller: Caller, _: Request) -> Response:
        """``getMarketplaceParticipations``."""
        return _json(orjson.dumps(self._wire.participations(_seller(caller))))

    async def item(self, caller: Caller, request: Request) -> Response:
        """``getListingsItem``."""
        shop = self._own(caller, request)
        parts, sku = query.parts(request, shop), request.path_params["sku"]
        item = self._index.of(shop).by_sku.get(sku)
        if item is None:
            raise not_found(f"SKU '{sku}' not found in marketplace.")
        return _json(self._wire.item(shop, item, parts))

    async def items(self, caller: Caller, request: Request) -> Response:
        """``searchListingsItems``: a thousand items at most can be paged through."""
        shop, path = self._own(caller, request), request.url.path
        search = query.search(request, shop)
        found = _found(self._index.of(shop), search)
        total = self._faults.total(len(found), shop, path)
        end = min(search.start + search.size, query.PAGED_THROUGH)
        page = self._faults.page(list(found[search.start : end]), shop, path)
        rendered = b",".join(self._wire.item(shop, item, search.parts) for item in page)
        links = {}
        if search.start:
            links["previousToken"] = query.token(max(1, search.start - search.size))
        if end < min(len(found), query.PAGED_THROUGH):
            links["nextToken"] = query.token(end)
        told = b',"pagination":%b' % orjson.dumps(links) if links else b""
        return _json(b'{"numberOfResults":%d,"items":[%b]%b}' % (total, rendered, told))

    def _own(self, caller: Caller, request: Request) -> Shop:
        shop = _seller(caller)
        if request.path_params["seller"] != shop.account_id:
            raise unauthorized()
        return shop


def _found(items: Items, search: query.Search) -> Sequence[Item]:
    if search.skus is not None:
        return [item for sku in dict.fromkeys(search.skus) if (item := items.by_sku.get(sku))]
    found: Sequence[Item] = items.oldest_first
    if search.parent is not None:
        found = [item for item in found if item.product and item.listing.id == search.parent]
    if search.since or search.before != "~":
        found = [item for item in found if search.since <= item.created <= search.before]
    if search.sort == "sku":
        found = sorted(found, key=lambda item: item.sku)
    elif search.sort == "lastUpdatedDate":
        found = sorted(found, key=lambda item: item.listing.updated)
    return found[::-1] if search.descending else found


def _seller(caller: Caller) -> Shop:
    if caller.shop is None:
        raise unauthorized()
    return caller.shop


def _json(body: bytes) -> Response:
    return Response(body, headers={REQUEST_ID: request_id()}, media_type="application/json")
