"""Query parameters of WordPress's collections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from truestock.sandbox.woocommerce.access import invalid

MOST = 100
STATUSES = ("any", "draft", "pending", "private", "publish", "future")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a collection is asked for."""

    per_page: int
    offset: int
    page: int

    def of(self, rows: Sequence[T]) -> list[T]:
        """That part."""
        return list(rows[self.offset : self.offset + self.per_page])


def window(request: Request) -> Window:
    """``per_page``, and ``offset`` or ``page``. Raises Refusal."""
    per_page, page = number(request, "per_page", 10, 1, MOST), number(request, "page", 1, 1)
    return Window(per_page, number(request, "offset", (page - 1) * per_page, 0), page)


def ascending(request: Request) -> bool:
    """Whether ids go up; the sandbox orders by date or id, which is the same. Raises Refusal."""
    if request.query_params.get("orderby", "date") not in ("date", "id"):
        raise invalid("orderby", "The sandbox knows date and id.")
    order = request.query_params.get("order", "desc")
    if order not in ("asc", "desc"):
        raise invalid("order", "order is not one of asc and desc.")
    return order == "asc"


def status(request: Request) -> str:
    """One of the statuses. Raises Refusal."""
    given = request.query_params.get("status", "any")
    if given not in STATUSES:
        raise invalid("status", f"status is not one of {', '.join(STATUSES)}.")
    return given


def include(request: Request) -> list[str] | None:
    """The ids of ``include``; None without any. Raises Refusal."""
    text = request.query_params.get("include")
    if text is None:
        return None
    ids = [one.strip() for one in text.split(",")]
    if not all(one.isascii() and one.isdigit() for one in ids):
        raise invalid("include", "include[0] is not of type integer.")
    return ids


def fields(request: Request) -> tuple[str, ...] | None:
    """WordPress's ``_fields``: the properties to be answered, dotted for inner ones; None: all."""
    text = request.query_params.get("_fields")
    return tuple(text.split(",")) if text else None


def number(request: Request, name: str, default: int, least: int, most: int | None = None) -> int:
    """A whole number. Raises Refusal."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise invalid(name, f"{name} is not of type integer.")
    value = int(text)
    if value < least or (most is not None and value > most):
        raise invalid(name, f"{name} must be between {least} and {most}.")
    return value


def only(shown: dict[str, object], wanted: tuple[str, ...] | None) -> dict[str, object]:
    """``shown`` with the wanted properties alone."""
    if wanted is None:
        return shown
    kept: dict[str, object] = {}
    for path in wanted:
        name, _, inner = path.partition(".")
        value = shown.get(name)
        if name not in shown:
            continue
        if inner and isinstance(value, dict):
            part = kept.setdefault(name, {})
            if isinstance(part, dict) and inner in value:
                part[inner] = value[inner]
        else:
            kept[name] = value
    return kept
