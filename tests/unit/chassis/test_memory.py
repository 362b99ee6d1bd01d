"""Objects that hold each other are freed, although Python itself looks for them late."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
from support.waiting import eventually

from truestock.chassis.app.memory import free_cycles


class Node:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def python_does_not_look() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("python_does_not_look")
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
