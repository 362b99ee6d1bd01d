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

    async def command() -> int:
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), number)  # an impatient second one
            await asyncio.sleep(0)
            steps.append("cleaned up")
        return 0

    assert await until_signalled(command()) == 128 + number
    assert steps == ["cleaned up"]


async def test_a_command_that_ends_by_itself_keeps_its_exit_code() -> None:
    async def command() -> int:
        return 3

    assert await until_signalled(command()) == 3
