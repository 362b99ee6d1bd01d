"""Read ahead: pages are fetched and mapped while those before them are committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from truestock.importer.usecases.catalogue import CataloguePage

L = TypeVar("L")
AHEAD = 2
"""Pages beyond the one that is committed: one is mapped while the next one is under way."""


@asynccontextmanager
async def pages(
    fetch: Callable[[str | None], Awaitable[CataloguePage[L]]], cursor: str | None
) -> AsyncIterator[AsyncIterator[tuple[CataloguePage[L], Sequence[L]]]]:
    """Iterate over the pages from ``cursor``, each with its listings; leaving the block stops what goes on.

    A failure is raised in its page's place, after the pages before it.
    """
    room, tasks = asyncio.Semaphore(AHEAD), set[asyncio.Task[_Step[L]]]()

    def begin(place: str | None) -> asyncio.Task[_Step[L]]:
        task = asyncio.create_task(step(place))
        tasks.add(task)
        return task

    async def step(place: str | None) -> _Step[L]:
        await room.acquire()
        page = await fetch(place)
        following = begin(page.next_cursor) if page.next_cursor is not None else None
        return _Step(page, await page.mapped(), following)

    async def walk() -> AsyncIterator[tuple[CataloguePage[L], Sequence[L]]]:
        task: asyncio.Task[_Step[L]] | None = begin(cursor)
        while task is not None:
            done = await task
            tasks.discard(task)
            room.release()
            yield done.page, done.listings
            task = done.following

    try:
        yield walk()
    finally:
        for task in tasks:
            task.cancel()
        # The result of an abandoned page is nobody's business, its failure neither.
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Step(Generic[L]):
    """A page that is ready to be committed, and the one after it on its way."""

    page: CataloguePage[L]
    listings: Sequence[L]
    following: "asyncio.Task[_Step[L]] | None"
