"""Let a service die at one step after the other, in the middle of its work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from support.broker import quick_groups

from truestock.chassis.failpoints import CRASH_CODE
from truestock.local.errors import StackError
from truestock.local.stack import Stack

DIES_WITHIN_S = 90.0


def soon_missed() -> dict[str, str]:
    """Settings of a service whose death its consumer groups notice soon.

    The embedded broker accepts a short session time-out, Apache Kafka none below 6 s.
    """
    return dict(quick_groups()) or {"TRUESTOCK_CONSUMER_SESSION_TIMEOUT_S": "6"}


async def crash_at_each(
    stack: Stack, service: str, steps: Sequence[str], work: Callable[[], Awaitable[Any]]
) -> Any:
    """Begin ``work``; the service dies at the first step, comes back, dies at the next, … and recovers.

    Returns what ``work`` returned. Fails if a step is not reached, or the process ends in another way.
    """
    return await crash_side_by_side(stack, {service: steps}, work)


async def crash_side_by_side(
    stack: Stack, rounds: Mapping[str, Sequence[str]], work: Callable[[], Awaitable[Any]]
) -> Any:
    """As :func:`crash_at_each` for several services that hear of the same ``work``, each at its own steps."""
    await asyncio.gather(*(_prepared(stack, service, steps[0]) for service, steps in rounds.items()))
    working = asyncio.ensure_future(work())
    deaths = [_dies_at_each(stack, service, steps) for service, steps in rounds.items()]
    failures = [one for one in await asyncio.gather(*deaths, return_exceptions=True) if one is not None]
    if failures:
        if working.done() and (error := working.exception()):
            raise error
        working.cancel()
        raise failures[0]
    return await working


async def _prepared(stack: Stack, service: str, step: str) -> None:
    await stack[service].stop()
    await stack[service].start({**soon_missed(), "TRUESTOCK_FAILPOINT": step})


async def _dies_at_each(stack: Stack, service: str, steps: Sequence[str]) -> None:
    unit = stack[service]
    first, *others = steps
    try:
        await _died(stack, service, first)
        for step in others:
            await unit.start({**soon_missed(), "TRUESTOCK_FAILPOINT": step}, wait=False)
            await _died(stack, service, step)
    finally:
        if unit.running():
            await unit.stop()
        await unit.start()


async def _died(stack: Stack, service: str, step: str) -> None:
    try:
        code = await stack[service].ended(DIES_WITHIN_S)
    except StackError:
        raise AssertionError(f"{service} never came to {step} within {DIES_WITHIN_S:.0f} s") from None
    assert code == CRASH_CODE, f"{service} was to die at {step}, but ended with {code}"
