"""Waiting for services that work on their own, by looking often and briefly."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from truestock.contracts.problem import Refusal, RefusalKind

T = TypeVar("T")

FIRST, LONGEST = 0.05, 0.5
"""Seconds between two looks: short at first, then half as long again each time, up to the longest."""


async def until(
    look: Callable[[], Awaitable[T]],
    done: Callable[[T], bool],
    *,
    what: str,
    limit: float = 60.0,
    seen: Callable[[T], None] | None = None,
) -> T:
    """Look until ``done``; raises :class:`Refusal` after ``limit`` seconds without any change."""
    pause, since, last = FIRST, time.monotonic(), None
    while True:
        found = await look()
        if seen is not None:
            seen(found)
        if done(found):
            return found
        if found != last:
            last, since = found, time.monotonic()
        elif time.monotonic() - since > limit:
            raise Refusal(
                "no_progress",
                f"Nothing has moved for {limit:.0f} seconds while waiting for {what}.",
                remedy="Look at the services' logs: the consumer that should have acted names its reason.",
                kind=RefusalKind.UNAVAILABLE,
            )
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST)


async def first(look: Callable[[], Awaitable[T | None]], *, what: str, limit: float = 30.0) -> T:
    """Look until there is something; raises as :func:`until`."""
    return cast(T, await until(look, lambda found: found is not None, what=what, limit=limit))
