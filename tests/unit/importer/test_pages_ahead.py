"""The next page is fetched while the previous one is mapped and committed; never more than one."""

import asyncio
from dataclasses import dataclass, field

import pytest

from truestock.importer.usecases.reading.pages import pages

LAST = 4


@dataclass(frozen=True)
class Page:
    number: int

    @property
    def next_cursor(self) -> str | None:
        return str(self.number + 1) if self.number < LAST else None


@dataclass
class Marketplace:
    """Answers when the test lets it; ``asked`` holds the pages that were asked for."""

    asked: list[int] = field(default_factory=list)
    abandoned: list[int] = field(default_factory=list)
    broken: int | None = None
    _asked: asyncio.Condition = field(default_factory=asyncio.Condition)
    _open: dict[int, asyncio.Event] = field(default_factory=dict)

    async def fetch(self, cursor: str | None) -> Page:
        number = int(cursor or 1)
        async with self._asked:
            self.asked.append(number)
            self._asked.notify_all()
        try:
            await self._gate(number).wait()
        except asyncio.CancelledError:
            self.abandoned.append(number)
            raise
        if number == self.broken:
            raise ConnectionError
        return Page(number)

    def answer(self, *numbers: int) -> None:
        for number in numbers:
            self._gate(number).set()

    async def is_asked(self, number: int) -> None:
        async with asyncio.timeout(5), self._asked:
            await self._asked.wait_for(lambda: number in self.asked)

    def _gate(self, number: int) -> asyncio.Event:
        return self._open.setdefault(number, asyncio.Event())


async def test_the_next_page_is_asked_for_while_one_is_worked_on() -> None:
    marketplace = Marketplace()
    marketplace.answer(1)
    async with pages(marketplace.fetch, None) as walk:
        first = await anext(walk)
        await marketplace.is_asked(2)
    assert first.number == 1


async def test_only_one_page_is_ahead() -> None:
    marketplace = Marketplace()
    marketplace.answer(1, 2, 3, 4)
    worked_on: list[tuple[int, int]] = []
    async with pages(marketplace.fetch, None) as walk:
        async for page in walk:
            if page.next_cursor is not None:
                await marketplace.is_asked(page.number + 1)
            worked_on.append((page.number, max(marketplace.asked)))
    assert worked_on == [(1, 2), (2, 3), (3, 4), (4, 4)]


async def test_reading_goes_on_from_a_cursor() -> None:
    marketplace = Marketplace()
    marketplace.answer(3, 4)
    async with pages(marketplace.fetch, "3") as walk:
        assert [page.number async for page in walk] == [3, 4]
    assert marketplace.asked == [3, 4]


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
            async for page in walk:
                seen.append(page.number)

    with pytest.raises(ConnectionError):
        await reads()
    assert seen == [1]
