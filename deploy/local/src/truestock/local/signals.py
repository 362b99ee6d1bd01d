"""Run a coroutine so that Ctrl-C, SIGTERM and a closed terminal cancel it, and it can clean up."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_signalled(main: Coroutine[Any, Any, int]) -> int:
    """The exit code of ``main``, or 128 + signal number after it was cancelled by one.

    Further signals while it cleans up are ignored: cleaning up is bounded.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(main)
    received: list[int] = []

    def on_signal(number: int) -> None:
        if not received:
            task.cancel()
        received.append(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
        return 128 + received[0]
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
