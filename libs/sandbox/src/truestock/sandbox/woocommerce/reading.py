"""A store's reading endpoints."""

from collections.abc import Sequence

import orjson
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.gate import Caller
from truestock.sandbox.shop import Listing, Product, Shop
from truestock.sandbox.woocommerce import query
from truestock.sandbox.woocommerce.access import no_product, not_here
from truestock.sandbox.woocommerce.wire import Wire, is_variable, status_of

_JSON = "application/json; charset=UTF-8"
_STOCK = "woocommerce_manage_stock"


class Reading:
    """Reads a store, its products and their variations."""

    def __init__(self, wire: Wire, faults: RoomFaults) -> None:
        self._wire, self._faults = wire, faults

    async def index(self, caller: Caller, request: Request) -> Response:
        """WordPress's own index: the site's title."""
        shop = _shop(caller)
        shown: dict[str, object] = {"name": shop.name, "url": shop.account_id, "home": shop.account_id}
        return _one(shown, request)

    async def system_status(self, caller: Caller, request: Request) -> Response:
        """System status, as far as anybody here asks for it."""
        shop = _shop(caller)
        address = shop.account_id
        environment = {"home_url": address, "site_url": address, "version": "9.6.0", "language": "en_US"}
        settings = {"currency": shop.currency, "thousand_separator": ",", "decimal_separator": "."}
        return _one({"environment": environment, "settings": settings}, request)

    async def setting(self, _: Caller, request: Request) -> Response:
        """One setting; the sandbox has the one that switches stock management on."""
        if (request.path_params["group"], request.path_params["id"]) != ("products", _STOCK):
            raise not_here()
        return _one({"id": _STOCK, "type": "checkbox", "default": "yes", "value": "yes"}, request)

    async def currency(self, caller: Caller, request: Request) -> Response:
        """The store's currency."""
        code = _shop(caller).currency
        return _one({"code": code, "name": code, "symbol": code}, request)

    async def products(self, caller: Caller, request: Request) -> Response:
        """Products of all statuses unless one is named, newest first unless told."""
        shop, status, wanted = _shop(caller), query.status(request), query.include(request)
        listings = list(shop) if wanted is None else [one for i in set(wanted) if (one := shop.get(i))]
        listings = [one for one in listings if status in ("any", status_of(one))]
        listings.sort(key=lambda one: int(one.id), reverse=not query.ascending(request))
        part = query.window(request)
        shown = self._faults.page(part.of(listings), shop, request.url.path)
        total = self._faults.total(len(listings), shop, request.url.path)
        fields = query.fields(request)
        return _many([self._product(shop, one, fields) for one in shown], total, part, request)

    async def product(self, caller: Caller, request: Request) -> Response:
        """One product."""
        shop, listing = self._listing(caller, request)
        return Response(self._product(shop, listing, query.fields(request)), media_type=_JSON)

    async def variations(self, caller: Caller, request: Request) -> Response:
        """The variations of a product."""
        shop, listing = self._listing(caller, request)
        rows = sorted(listing.products, key=lambda one: int(one.id), reverse=not query.ascending(request))
        part, fields = query.window(request), query.fields(request)
        rows = rows if is_variable(listing) else []
        shown = self._faults.page(part.of(rows), shop, request.url.path)
        total = self._faults.total(len(rows), shop, request.url.path)
        return _many([self._variation(shop, listing, one, fields) for one in shown], total, part, request)

    async def variation(self, caller: Caller, request: Request) -> Response:
        """One variation."""
        shop, listing = self._listing(caller, request)
        for product in listing.products:
            if is_variable(listing) and product.id == request.path_params["variation_id"]:
                shown = self._variation(shop, listing, product, query.fields(request))
                return Response(shown, media_type=_JSON)
        raise no_product()

    async def nothing(self, _: Caller, __: Request) -> Response:
        """Any other path of the API."""
        raise not_here()

    def _listing(self, caller: Caller, request: Request) -> tuple[Shop, Listing]:
        shop = _shop(caller)
        if listing := shop.get(request.path_params["product_id"]):
            return shop, listing
        raise no_product()

    def _product(self, shop: Shop, listing: Listing, fields: tuple[str, ...] | None) -> bytes:
        def render() -> bytes:
            return orjson.dumps(query.only(self._wire.product(shop, listing), fields))

        return shop.rendered(listing.id, fields, render)

    def _variation(
        self, shop: Shop, listing: Listing, product: Product, fields: tuple[str, ...] | None
    ) -> bytes:
        return orjson.dumps(query.only(self._wire.variation(shop, listing, product), fields))


def _shop(caller: Caller) -> Shop:
    if caller.shop is None:
        raise not_here()
    return caller.shop


def _one(shown: dict[str, object], request: Request) -> Response:
    return Response(orjson.dumps(query.only(shown, query.fields(request))), media_type=_JSON)


def _many(rows: Sequence[bytes], total: int, part: query.Window, request: Request) -> Response:
    pages = -(-total // part.per_page)
    links = [
        f'<{request.url.include_query_params(page=page)}>; rel="{rel}"'
        for rel, page in (("prev", part.page - 1), ("next", part.page + 1))
        if 0 < page <= pages
    ]
    headers = {"x-wp-total": str(total), "x-wp-totalpages": str(pages)}
    if links:
        headers["link"] = ", ".join(links)
    return Response(b"[%b]" % b",".join(rows), headers=headers, media_type=_JSON)
