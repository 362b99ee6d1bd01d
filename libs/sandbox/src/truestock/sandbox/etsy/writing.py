"""Etsy's updates of a listing: PUT replaces the whole inventory record, PATCH changes single fields."""

from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.etsy import query
from truestock.sandbox.etsy.errors import EtsyError, bad_request, not_found
from truestock.sandbox.etsy.gate import Caller
from truestock.sandbox.etsy.inventory_body import read_products
from truestock.sandbox.etsy.shop import EtsyListing, EtsyShop
from truestock.sandbox.etsy.stocking import MAX_IMAGES, MAX_TITLE
from truestock.sandbox.etsy.wire import Wire

_JSON = "application/json"


class Writing:
    """Changes listings; ``shops`` by user id, ``now`` in seconds since 1970."""

    def __init__(self, shops: dict[int, EtsyShop], wire: Wire, now: Callable[[], float]) -> None:
        self._shops, self._wire, self._now = shops, wire, now

    async def put_inventory(self, caller: Caller, request: Request) -> Response:
        """``updateListingInventory``: every product and offering gets a new id."""
        shop, listing = self._own(caller, request)
        body = await _object(request)
        names, products = read_products(body)
        for product in products:
            product.product_id, product.offering_id = shop.new_id(), shop.new_id()
        listing.property_names, listing.products, listing.has_record = names, products, True
        self._settle(shop, listing)
        return Response(orjson.dumps(self._wire.inventory(shop, listing)), media_type=_JSON)

    async def patch_listing(self, caller: Caller, request: Request) -> Response:
        """``updateListing``: title, description, state, tags, materials, taxonomy_id and image_ids."""
        shop, listing = self._own(caller, request)
        if query.path_id(request, "shop_id") != shop.shop_id:
            raise EtsyError(403, "User does not own Shop")
        fields = await _fields(request)
        changes = _Changes(shop, listing, fields)
        changes.check()
        changes.apply()
        self._settle(shop, listing)
        return Response(orjson.dumps(self._wire.listing(shop, listing)), media_type=_JSON)

    def _settle(self, shop: EtsyShop, listing: EtsyListing) -> None:
        if listing.state == "active" and listing.quantity == 0:
            listing.state = "sold_out"
        elif listing.state == "sold_out" and listing.quantity != 0:
            listing.state = "active"
        listing.updated = int(self._now())
        shop.touch(listing)

    def _own(self, caller: Caller, request: Request) -> tuple[EtsyShop, EtsyListing]:
        listing_id = query.path_id(request, "listing_id")
        if caller.shop and (listing := caller.shop.get(listing_id)):
            return caller.shop, listing
        if any(shop.get(listing_id) for shop in self._shops.values()):
            raise EtsyError(403, "User does not own Listing")
        raise not_found(f"listing {listing_id}")


class _Changes:
    """The fields of one PATCH, checked before any of them is applied."""

    def __init__(self, shop: EtsyShop, listing: EtsyListing, fields: dict[str, list[str]]) -> None:
        self._shop, self._listing, self._fields = shop, listing, fields

    def _last(self, name: str) -> str | None:
        values = self._fields.get(name)
        return values[-1] if values else None

    def check(self) -> None:
        """Raises EtsyError when a field is wrong."""
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

    def _images(self) -> list[int] | None:
        if (values := self._fields.get("image_ids")) is None:
            return None
        ids = [part.strip() for value in values for part in value.split(",") if part.strip()]
        known = {str(image.image_id): image.image_id for image in self._listing.images}
        if len(ids) > MAX_IMAGES or any(image_id not in known for image_id in ids):
            raise bad_request(f"image_ids must be at most {MAX_IMAGES} ids of the listing's own images")
        return [known[image_id] for image_id in ids]

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
            by_id = {image.image_id: image for image in listing.images}
            listing.images = [by_id[image_id] for image_id in images]
        if (tags := self._many("tags")) is not None:
            listing.tags = tags
        if (materials := self._many("materials")) is not None:
            listing.materials = materials
        if taxonomy := self._last("taxonomy_id"):
            listing.taxonomy_id = int(taxonomy)

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
