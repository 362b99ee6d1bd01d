"""Photos that the sandbox makes itself: small, the same for the same id, made when first asked for."""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from truestock.sandbox.faults import BEFORE, Disturbed, Faults, Where, meet

_SIZES = {"75x75": (75, 75), "170x135": (170, 135), "570xN": (285, 285), "fullxfull": (320, 320)}


@lru_cache(maxsize=512)
def picture(photo_id: int, size: str) -> bytes:
    """A JPEG of a few kB. Raises KeyError for an unknown size."""
    width, height = _SIZES[size]
    mixed = zlib.crc32(str(photo_id).encode())
    ground = (mixed & 255, mixed >> 8 & 255, mixed >> 16 & 255)
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    inverse = (255 - ground[0], 255 - ground[1], 255 - ground[2])
    step = 3 + (mixed >> 24) % 5
    draw.ellipse(
        (width // step, height // step, width - width // step, height - height // step), fill=inverse
    )
    draw.text((6, 6), str(photo_id), fill=inverse)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class FoundPhoto:
    """A photo of a listing: the account that shows it, and whether its file is missing."""

    account: str
    broken: bool


def photo_routes(find: Callable[[int], FoundPhoto | None], faults: Faults) -> list[Route]:
    """``GET`` and ``HEAD /photos/il_<size>.<id>.jpg``."""

    async def photo(request: Request) -> Response:
        size, _, number = request.path_params["name"].partition(".")
        size = size.removeprefix("il_")
        photo_id = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        found = find(photo_id)
        try:
            await meet(faults.take(BEFORE, found.account if found else None, Where.PHOTOS, request.url.path))
        except Disturbed as fault:
            return Response(fault.error, fault.status, fault.headers, "text/plain")
        if found is None or found.broken or size not in _SIZES:
            return Response("no such photo", 404, media_type="text/plain")
        headers = {"cache-control": "public, max-age=3600", "etag": f'"{photo_id}-{size}"'}
        body = None if request.method == "HEAD" else picture(photo_id, size)
        return Response(body, 200, headers, "image/jpeg")

    return [Route("/photos/{name}.jpg", photo, methods=["GET", "HEAD"])]
