"""Path and query parameters, as strict as Etsy's document."""

from dataclasses import dataclass

from starlette.requests import Request

from truestock.sandbox.errors import Refusal
from truestock.sandbox.etsy.errors import bad_request

_INCLUDES = frozenset({"Shipping", "Images", "Shop", "User", "Translations", "Inventory", "Videos"})


@dataclass(frozen=True, slots=True)
class Includes:
    """Which associations an answer carries; the sandbox has images and inventory, the rest is accepted."""

    images: bool
    inventory: bool


def includes(request: Request) -> Includes:
    """Repeated or comma-separated ``includes``. Raises Refusal for an unknown one."""
    asked = _many(request, "includes")
    if unknown := [name for name in asked if name not in _INCLUDES]:
        raise bad_request(f"Invalid value for includes: {unknown[0]}")
    return Includes("Images" in asked, "Inventory" in asked)


def listing_ids(request: Request, at_most: int = 100) -> list[str]:
    """Repeated or comma-separated ``listing_ids``. Raises Refusal."""
    asked = _many(request, "listing_ids")
    if not asked:
        raise bad_request("Missing required parameter: listing_ids")
    if len(asked) > at_most:
        raise bad_request(f"listing_ids must have at most {at_most} items")
    return [str(_whole("listing_ids", text, 1, None)) for text in asked]


def number(request: Request, name: str, default: int, least: int, most: int | None = None) -> int:
    """A whole number of the query. Raises Refusal."""
    text = request.query_params.get(name)
    return default if text is None else _whole(name, text, least, most)


def choice(request: Request, name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words. Raises Refusal."""
    text = request.query_params.get(name, default)
    if text not in allowed:
        raise bad_request(f"Invalid value for {name}: must be one of {', '.join(allowed)}")
    return text


def path_id(request: Request, name: str) -> str:
    """A number in the path, as it identifies something. Raises Refusal."""
    return str(_whole(name, request.path_params[name], 1, None))


def _many(request: Request, name: str) -> list[str]:
    values = [*request.query_params.getlist(name), *request.query_params.getlist(f"{name}[]")]
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _whole(name: str, text: str, least: int, most: int | None) -> int:
    if not (text.isascii() and text.lstrip("-").isdigit() and len(text) < 19):
        raise _wrong(name, least, most)
    value = int(text)
    if value < least or (most is not None and value > most):
        raise _wrong(name, least, most)
    return value


def _wrong(name: str, least: int, most: int | None) -> Refusal:
    bounds = f"at least {least}" if most is None else f"between {least} and {most}"
    return bad_request(f"Invalid value for {name}: must be a whole number, {bounds}")
