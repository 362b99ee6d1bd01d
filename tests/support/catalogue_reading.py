"""Reading a whole catalogue through an adapter, and spoiling the answers on the way."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx

from truestock.marketplaces.api import Api
from truestock.marketplaces.interface import MarketplaceAdapter, RawListing


async def read_all(adapter: MarketplaceAdapter, api: Api, cursor: str | None = None) -> list[RawListing]:
    """Every listing behind ``cursor``, page after page."""
    raws: list[RawListing] = []
    while True:
        page = await adapter.page(api, cursor)
        raws += page.raws
        cursor = page.next_cursor
        if cursor is None:
            return raws


def rows_of(body: Any) -> list[Any]:
    """The listings in a page's answer: its outermost list of objects. Empty where there is none."""
    level = [body]
    while level:
        for value in level:
            if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
                return value
        level = [inner for value in level for inner in _inside(value)]
    return []


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def spoiling(change: Callable[[list[Any]], None]) -> Callable[[httpx.Request, Any], Any]:
    """An intercept that changes the listings of every answer that has some."""

    def intercept(_: httpx.Request, body: Any) -> Any:
        copied = copy(body)
        rows = rows_of(copied)
        if rows:
            change(rows)
        return copied

    return intercept


def copy(value: Any) -> Any:
    """JSON content of its own."""
    if isinstance(value, dict):
        return {name: copy(inner) for name, inner in value.items()}
    return [copy(inner) for inner in value] if isinstance(value, list) else value


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of everything inside ``value``."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def replaced(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy of ``value`` with something else at ``path``."""
    whole = [copy(value)]
    holder: Any = whole
    for key, following in zip((0, *path), path, strict=False):
        holder = holder[key]
        last = following
    if not path:
        return new
    holder[last] = new
    return whole[0]


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    """What lies at ``path``."""
    for key in path:
        value = value[key]
    return value
