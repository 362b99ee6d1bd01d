"""Photos that the sandbox makes itself: small, the same for the same id, made when first asked for."""

import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from truestock.sandbox.faults import BEFORE, Disturbed, Faults, Where, meet
from truestock.sandbox.shop import Shop

_SIZES = {"75x75": (75, 75), "170x135": (170, 135), "570xN": (285, 285), "fullxfull": (320, 320)}


@lru_cache(maxsize=512)
def picture(photo_id: str, size: str) -> bytes:
    """A JPEG of a few kB. Raises KeyError for an unknown size."""
    width, height = _SIZES[size]
    mixed = zlib.crc32(photo_id.encode())
    ground = (mixed & 255, mixed >> 8 & 255, mixed >> 16 & 255)
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    inverse = (255 - ground[0], 255 - ground[1], 255 - ground[2])
    step = 3 + (mixed >> 24) % 5
    draw.ellipse(
        (width // step, height // step, width - width // step, height - height // step), fill=inverse
    )
    draw.text((6, 6), photo_id, fill=inverse)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class FoundPhoto:
    """A photo of a listing: the account that shows it, and whether its file is missing."""

    shop: Shop
    broken: bool


Find = Callable[[str], FoundPhoto | None]


def photo_routes(finders: Mapping[str, Find], faults: Faults) -> list[Route]:
    """``GET`` and ``HEAD /photos/<marketplace>/<size>.<id>.jpg``; for Etsy ``/photos/il_<size>.<id>.jpg``.

    Sizes are 75x75, 170x135, 570xN and fullxfull. ``finders`` by marketplace name.
    """

    async def etsys(request: Request) -> Response:
        return await answer(request, "etsy")

    async def photo(request: Request) -> Response:
        return await answer(request, request.path_params["marketplace"])

    async def answer(request: Request, marketplace: str) -> Response:
        size, _, photo_id = request.path_params["name"].removeprefix("il_").partition(".")
        find = finders.get(marketplace)
        found = find(photo_id) if find else None
        shop = found.shop if found else None
        try:
            await meet(faults.of(marketplace).take(BEFORE, shop, request.url.path, Where.PHOTOS))
        except Disturbed as fault:
            return Response(fault.error, fault.status, fault.headers, "text/plain")
        if found is None or found.broken or size not in _SIZES:
            return Response("no such photo", 404, media_type="text/plain")
        headers = {"cache-control": "public, max-age=3600", "etag": f'"{photo_id}-{size}"'}
        body = None if request.method == "HEAD" else picture(photo_id, size)
        return Response(body, 200, headers, "image/jpeg")

    methods = ["GET", "HEAD"]
    return [
        Route("/photos/{marketplace}/{name}.jpg", photo, methods=methods),
        Route("/photos/{name}.jpg", etsys, methods=methods),
    ]


def photo_url(base: str, marketplace: str, photo_id: str, size: str = "fullxfull") -> str:
    """Where the sandbox serves a photo."""
    return f"{base}/photos/{marketplace}/{size}.{photo_id}.jpg"
