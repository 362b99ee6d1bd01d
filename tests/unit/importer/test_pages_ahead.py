"""Pages are fetched and mapped while those before them are committed; never more than two of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import pytest

from truestock.importer.usecases.catalogue import CataloguePage
from truestock.importer.usecases.reading.pages import AHEAD, pages

LAST = 5


@dataclass
class Marketplace:
    """Answers when the test lets it; ``asked`` holds the pages that were asked for.

    A page's one listing is its number; ``mapped`` holds those that were mapped, which ``held`` puts off.
    """

    asked: list[int] = field(default_factory=list)
    mapped: list[int] = field(default_factory=list)
    abandoned: list[int] = field(default_factory=list)
    broken: int | None = None
    held: int | None = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _open: dict[int, asyncio.Event] = field(default_factory=dict)

    async def fetch(self, cursor: str | None) -> CataloguePage[int]:
        number = int(cursor or 1)
        await self._note(self.asked, number)
        try:
            await self._gate(number).wait()
        except asyncio.CancelledError:
            self.abandoned.append(number)
            raise
        if number == self.broken:
            raise ConnectionError
        return CataloguePage(partial(self._map, number), None, str(number + 1) if number < LAST else None)

    def answer(self, *numbers: int) -> None:
        for number in numbers:
            self._gate(number).set()

    async def is_asked(self, number: int) -> None:
        await self._is_in(self.asked, number)

    async def is_mapped(self, number: int) -> None:
        await self._is_in(self.mapped, number)

    async def _map(self, number: int) -> Sequence[int]:
        if number == self.held:
            await self._gate(-number).wait()
        await self._note(self.mapped, number)
        return [number]

    async def _note(self, where: list[int], number: int) -> None:
        async with self._changed:
            where.append(number)
            self._changed.notify_all()

    async def _is_in(self, where: list[int], number: int) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: number in where)

    def _gate(self, number: int) -> asyncio.Event:
        return self._open.setdefault(number, asyncio.Event())


async def test_the_next_page_is_mapped_and_the_one_after_it_asked_for_while_one_is_committed() -> None:
    marketplace = Marketplace()
    marketplace.answer(1, 2)
    async with pages(marketplace.fetch, None) as walk:
        _, listings = await anext(walk)
        await marketplace.is_mapped(2)
        await marketplace.is_asked(3)
    assert listings == [1]


async def test_the_next_page_is_asked_for_before_one_is_mapped() -> None:
    marketplace = Marketplace(held=1)
    marketplace.answer(1, 2)
    async with pages(marketplace.fetch, None) as walk:
        first = asyncio.ensure_future(anext(walk))
        await marketplace.is_mapped(2)
        assert not first.done()
        marketplace.answer(-1)
        _, listings = await first
    assert listings == [1]


async def test_no_more_pages_are_ahead_than_allowed() -> None:
    marketplace = Marketplace()
    marketplace.answer(*range(1, LAST + 1))
    worked_on: list[tuple[int, int]] = []
    async with pages(marketplace.fetch, None) as walk:
        async for _, [number] in walk:
            await marketplace.is_mapped(min(number + AHEAD, LAST))
            worked_on.append((number, max(marketplace.asked)))
    assert worked_on == [(1, 3), (2, 4), (3, 5), (4, 5), (5, 5)]


async def test_reading_goes_on_from_a_cursor() -> None:
    marketplace = Marketplace()
    marketplace.answer(4, 5)
    async with pages(marketplace.fetch, "4") as walk:
        assert [number async for _, [number] in walk] == [4, 5]
    assert marketplace.asked == [4, 5]


async def test_a_fetch_that_nobody_waits_for_any_more_is_stopped() -> None:
    marketplace = Marketplace()
    marketplace.answer(1)

    async def fails_after_one_page() -> None:
        async with pages(marketplace.fetch, None) as walk:
            await anext(walk)
            await marketplace.is_asked(2)
            raise LookupError

    with pytest.raises(LookupError):
        await fails_after_one_page()
    assert marketplace.abandoned == [2]


async def test_a_failed_fetch_does_not_lose_the_page_before_it() -> None:
    marketplace = Marketplace(broken=2)
    marketplace.answer(1, 2)
    seen: list[int] = []

    async def reads() -> None:
        async with pages(marketplace.fetch, None) as walk:
            async for _, [number] in walk:
                seen.append(number)

    with pytest.raises(ConnectionError):
        await reads()
    assert seen == [1]
