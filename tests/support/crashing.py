"""Let a service die at one step after the other, in the middle of its work."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from support.broker import broker_mode

from truestock.chassis.failpoints import CRASH_CODE
from truestock.local.broker import BrokerMode
from truestock.local.errors import StackError
from truestock.local.stack import Stack

DIES_WITHIN_S = 90.0


def soon_missed() -> dict[str, str]:
    """Settings of a service whose death its consumer groups notice soon.

    The embedded broker accepts a short session time-out, Apache Kafka none below 6 s.
    """
    seconds = "3" if broker_mode() is BrokerMode.EMBEDDED else "6"
    return {"TRUESTOCK_CONSUMER_SESSION_TIMEOUT_S": seconds}


async def crash_at_each(
    stack: Stack, service: str, steps: Sequence[str], work: Callable[[], Awaitable[Any]]
) -> Any:
    """Begin ``work``; the service dies at the first step, comes back, dies at the next, … and recovers.

    Returns what ``work`` returned. Fails if a step is not reached, or the process ends in another way.
    """
    unit = stack[service]
    await unit.stop()
    first, *others = steps
    await unit.start({**soon_missed(), "TRUESTOCK_FAILPOINT": first})
    working = asyncio.ensure_future(work())
    try:
        await _died(stack, service, first)
        for step in others:
            await unit.start({**soon_missed(), "TRUESTOCK_FAILPOINT": step}, wait=False)
            await _died(stack, service, step)
    finally:
        if unit.running():
            await unit.stop()
        await unit.start()
    return await working


async def _died(stack: Stack, service: str, step: str) -> None:
    try:
        code = await stack[service].ended(DIES_WITHIN_S)
    except StackError:
        raise AssertionError(f"{service} never came to {step} within {DIES_WITHIN_S:.0f} s") from None
    assert code == CRASH_CODE, f"{service} was to die at {step}, but ended with {code}"
