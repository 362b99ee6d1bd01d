"""Etsy's updates of a listing: PUT replaces the whole inventory record, PATCH changes single fields."""

from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.etsy import query
from truestock.sandbox.etsy.errors import bad_request, not_found
from truestock.sandbox.etsy.inventory_body import read_products
from truestock.sandbox.etsy.stocking import MAX_IMAGES, MAX_TITLE
from truestock.sandbox.etsy.wire import Wire
from truestock.sandbox.gate import Caller
from truestock.sandbox.shop import IdKind, Listing, Shop, Shops

_JSON = "application/json"


class Writing:
    """Changes listings; ``now`` in seconds since 1970."""

    def __init__(self, shops: Shops, wire: Wire, now: Callable[[], float]) -> None:
        self._shops, self._wire, self._now = shops, wire, now

    async def put_inventory(self, caller: Caller, request: Request) -> Response:
        """``updateListingInventory``: every product and offering gets a new id."""
        shop, listing = self._own(caller, request)
        body = await _object(request)
        names, products = read_products(body)
        for product in products:
            product.id, product.stock_id = shop.new_id(IdKind.PRODUCT), shop.new_id(IdKind.STOCK)
        listing.property_names, listing.products, listing.has_record = names, products, True
        self._settle(shop, listing)
        return Response(orjson.dumps(self._wire.inventory(shop, listing)), media_type=_JSON)

    async def patch_listing(self, caller: Caller, request: Request) -> Response:
        """``updateListing``: title, description, state, tags, materials, taxonomy_id and image_ids."""
        shop, listing = self._own(caller, request)
        if query.path_id(request, "shop_id") != shop.account_id:
            raise Refusal(403, "User does not own Shop")
        fields = await _fields(request)
        changes = _Changes(shop, listing, fields)
        changes.check()
        changes.apply()
        self._settle(shop, listing)
        return Response(orjson.dumps(self._wire.listing(shop, listing)), media_type=_JSON)

    def _settle(self, shop: Shop, listing: Listing) -> None:
        listing.settle()
        listing.updated = int(self._now())
        shop.touch(listing)

    def _own(self, caller: Caller, request: Request) -> tuple[Shop, Listing]:
        listing_id = query.path_id(request, "listing_id")
        if caller.shop and (listing := caller.shop.get(listing_id)):
            return caller.shop, listing
        if self._shops.listing(listing_id):
            raise Refusal(403, "User does not own Listing")
        raise not_found(f"listing {listing_id}")


class _Changes:
    """The fields of one PATCH, checked before any of them is applied."""

    def __init__(self, shop: Shop, listing: Listing, fields: dict[str, list[str]]) -> None:
        self._shop, self._listing, self._fields = shop, listing, fields

    def _last(self, name: str) -> str | None:
        values = self._fields.get(name)
        return values[-1] if values else None

    def check(self) -> None:
        """Raises Refusal when a field is wrong."""
        title = self._last("title")
        if title is not None and not 0 < len(title.strip()) <= MAX_TITLE:
            raise bad_request(f"title must have 1 to {MAX_TITLE} characters")
        state = self._last("state")
        if state not in {None, "active", "inactive"}:
            raise bad_request("Invalid value for state: must be active or inactive")
        images = self._images()
        if state == "active" and not (self._listing.images if images is None else images):
            raise bad_request("A listing needs at least one image to be active")
        taxonomy = self._last("taxonomy_id")
        if taxonomy is not None and not (taxonomy.isascii() and taxonomy.isdigit() and int(taxonomy) > 0):
            raise bad_request("taxonomy_id must be a positive whole number")

    def _images(self) -> list[str] | None:
        if (values := self._fields.get("image_ids")) is None:
            return None
        ids = [part.strip() for value in values for part in value.split(",") if part.strip()]
        known = {image.id for image in self._listing.images}
        if len(ids) > MAX_IMAGES or any(image_id not in known for image_id in ids):
            raise bad_request(f"image_ids must be at most {MAX_IMAGES} ids of the listing's own images")
        return ids

    def apply(self) -> None:
        """Change the listing."""
        listing = self._listing
        listing.title = (self._last("title") or listing.title).strip()
        if (description := self._last("description")) is not None:
            listing.description = description
        if state := self._last("state"):
            if state == "active" and listing.state == "sold_out":
                listing.products[0].quantity = 1  # Etsy: “will update the quantity to 1”
            listing.state = state
        if (images := self._images()) is not None:
            by_id = {image.id: image for image in listing.images}
            listing.images = [by_id[image_id] for image_id in images]
        if (tags := self._many("tags")) is not None:
            listing.tags = tags
        if (materials := self._many("materials")) is not None:
            listing.note(materials=materials)
        if taxonomy := self._last("taxonomy_id"):
            listing.note(taxonomy_id=int(taxonomy))

    def _many(self, name: str) -> tuple[str, ...] | None:
        values = self._fields.get(name)
        if values is None:
            return None
        return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise bad_request("The request body is not JSON") from None
    if not isinstance(body, dict):
        raise bad_request("The request body must be a JSON object")
    return body


async def _fields(request: Request) -> dict[str, list[str]]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise bad_request("The request body must be application/x-www-form-urlencoded")
    fields: dict[str, list[str]] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields.setdefault(name.removesuffix("[]"), []).append(value)
    return fields
