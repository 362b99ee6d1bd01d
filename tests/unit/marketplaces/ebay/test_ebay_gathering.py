"""A few requests at a time, and none after a failure."""

import asyncio

import pytest

from truestock.marketplaces.ebay.gathering import gathered


async def test_never_more_than_allowed_are_under_way() -> None:
    gates = {key: asyncio.Event() for key in range(20)}
    started: list[int] = []

    async def read(key: int) -> int:
        started.append(key)
        if key == 7:
            assert len(started) == 8, "the first eight begin together"
            for gate in gates.values():
                gate.set()
        await gates[key].wait()
        return key * key

    found = await gathered(gates, read, at_a_time=8)
    assert list(found.items()) == [(key, key * key) for key in range(20)]


async def test_the_first_failure_stops_the_rest() -> None:
    forever = asyncio.Event()
    started: list[int] = []
    stopped: list[int] = []

    async def read(key: int) -> None:
        started.append(key)
        if key == 2:
            raise LookupError("no")
        try:
            await forever.wait()
        finally:
            stopped.append(key)

    with pytest.raises(LookupError):
        await gathered(range(10), read, at_a_time=3)
    assert started == [0, 1, 2]
    assert sorted(stopped) == [0, 1]


async def test_equal_keys_are_read_once_and_nothing_is_nothing() -> None:
    asked: list[str] = []

    async def read(key: str) -> str:
        asked.append(key)
        return key

    assert await gathered(["a", "b", "a"], read) == {"a": "a", "b": "b"}
    assert asked == ["a", "b"]
    assert await gathered([], read) == {}
