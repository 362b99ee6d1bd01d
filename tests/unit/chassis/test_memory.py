"""Objects that hold each other are freed, although Python itself looks for them late."""

import asyncio
import weakref

import pytest
from support.waiting import eventually

from truestock.chassis.app.memory import free_cycles


class Node:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("no_search_for_cycles")
async def test_a_cycle_is_freed_from_time_to_time() -> None:
    remembered = weakref.ref(Node())
    assert remembered() is not None

    async def is_gone() -> bool:
        return remembered() is None

    looking = asyncio.create_task(free_cycles(every_s=0.01))
    try:
        await eventually(is_gone, 10.0, message="the cycle is freed")
    finally:
        looking.cancel()
