"""A task that runs as long as the process and is started again when it fails."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from truestock.chassis.delivery import Transient

log = logging.getLogger(__name__)

RESTART_S = (0.5, 30.0)


class Supervised:
    """Runs ``work`` until it returns or :meth:`stop`; a failure starts it again after a growing pause."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Cancel and wait until it ended."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        pause, longest = RESTART_S
        while True:
            try:
                await self._work()
            except Transient as error:
                log.warning("background task starts again: %s", error)
            except Exception:
                log.exception("background task failed and starts again")
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)
