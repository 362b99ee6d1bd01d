"""Fetch pages ahead: the next one is under way while the previous one is mapped and committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar


class Page(Protocol):
    """Whatever names the place of the page after it."""

    @property
    def next_cursor(self) -> str | None: ...


P = TypeVar("P", bound=Page)


@asynccontextmanager
async def pages(
    fetch: Callable[[str | None], Awaitable[P]], cursor: str | None
) -> AsyncIterator[AsyncIterator[P]]:
    """Iterate over the pages from ``cursor``; leaving the block stops a fetch that is under way."""

    async def fetched(place: str | None) -> P:
        return await fetch(place)

    ahead = [asyncio.create_task(fetched(cursor))]

    async def walk() -> AsyncIterator[P]:
        while True:
            page = await ahead[0]
            if page.next_cursor is not None:
                ahead[0] = asyncio.create_task(fetched(page.next_cursor))
            yield page
            if page.next_cursor is None:
                return

    try:
        yield walk()
    finally:
        ahead[0].cancel()
        # The result of an abandoned fetch is nobody's business, its failure neither.
        await asyncio.gather(ahead[0], return_exceptions=True)
