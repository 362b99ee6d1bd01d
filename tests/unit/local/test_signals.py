"""Signals cancel the command, which then cleans up undisturbed."""

import asyncio
import os
import signal

import pytest

from truestock.local.signals import until_signalled


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name
)
async def test_a_signal_lets_the_command_clean_up(number: signal.Signals) -> None:
    steps: list[str] = []
    arrived = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, arrived.set)

    async def command() -> int:
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), number)  # an impatient second one
            os.kill(os.getpid(), signal.SIGUSR1)  # the loop takes signals in order: the other is through then
            await arrived.wait()
            steps.append("cleaned up")
        return 0

    assert await until_signalled(command()) == 128 + number
    assert steps == ["cleaned up"]
    asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR1)


async def test_a_command_that_ends_by_itself_keeps_its_exit_code() -> None:
    async def command() -> int:
        return 3

    assert await until_signalled(command()) == 3
