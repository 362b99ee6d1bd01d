"""An event loop whose clock jumps to whatever is waited for next: hours pass in milliseconds, repeatably."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
BEGINNING = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class _Jumping(selectors.SelectSelector):
    """Does not wait for its time-out, but lets the clock pass it."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everybody waits for something that never happens")
        self.passed += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """For code that waits for time and for other tasks only, never for a network."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._jumping.passed


def now() -> datetime:
    """The virtual time of day."""
    return BEGINNING + timedelta(seconds=asyncio.get_running_loop().time())


async def passes(seconds: float) -> None:
    """The clock jumps on, past all that is to happen before; nobody waits for it in real time."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    over = asyncio.Event()
    loop.call_later(seconds, over.set)
    await over.wait()


def run(scene: Coroutine[Any, Any, T]) -> T:
    """Run ``scene`` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scene)
