"""A few requests at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

AT_A_TIME = 8
"""eBay has no batched read of offers, groups or hand-made listings; more at once gains little."""

Key = TypeVar("Key")
Found = TypeVar("Found")


async def gathered(
    keys: Iterable[Key], read: Callable[[Key], Awaitable[Found]], at_a_time: int = AT_A_TIME
) -> dict[Key, Found]:
    """What ``read`` answers for every key, in their order; the first failure stops the rest and is raised."""
    waiting = list(dict.fromkeys(keys))
    found: dict[Key, Found] = {}
    following = iter(waiting)

    async def work() -> None:
        for key in following:
            found[key] = await read(key)

    workers = [asyncio.ensure_future(work()) for _ in range(min(at_a_time, len(waiting)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return {key: found[key] for key in waiting}
