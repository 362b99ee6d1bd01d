"""One HTTP process: ready, stopped, crashed, started again, and what a person reads when it cannot start."""

import socket
import sys

import pytest
from support.waiting import eventually

from truestock.local.environment import inherited
from truestock.local.errors import StackError
from truestock.local.ports import free_port
from truestock.local.runs import Run
from truestock.local.units import Unit


def web(run: Run, name: str, port: int, *, code: str = "") -> Unit:
    """A unit that serves an empty folder, or runs ``code``."""
    arguments = ["-c", code] if code else ["-m", "http.server", str(port), "--bind", "127.0.0.1"]
    folder = ["--directory", str(run.logs)] if not code else []
    return Unit(run, name, [sys.executable, *arguments, *folder], inherited(), port, ready_path="/")


async def test_a_killed_unit_starts_again_on_its_port(run: Run) -> None:
    unit = web(run, "unit-again", free_port())
    await unit.start()
    await unit.kill()
    assert not unit.running()
    await unit.start()
    assert unit.running()
    await unit.stop()
    assert not unit.running()


async def test_one_that_ends_while_starting_shows_its_last_lines(run: Run) -> None:
    unit = web(run, "unit-broken", free_port(), code="raise SystemExit('the reason is written here')")
    with pytest.raises(StackError) as refused:
        await unit.start()
    assert "unit-broken ended while starting" in refused.value.cause
    assert "the reason is written here" in refused.value.cause
    assert str(unit.log) in refused.value.remedy


async def test_one_that_never_answers_is_given_up_in_time(run: Run) -> None:
    unit = web(run, "unit-silent", free_port(), code="import signal; signal.pause()")
    await unit.start(wait=False)
    with pytest.raises(StackError, match="was not ready within 1 s"):
        await unit.ready(1)
    await unit.kill()


async def test_a_port_that_was_taken_meanwhile_is_named_as_the_cause(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        unit = web(run, "unit-taken", port)
        await unit.start(wait=False)
        await eventually(lambda: not unit.running())
        with pytest.raises(StackError, match="in use"):
            await unit.ready(5)


async def test_a_crash_at_a_failpoint_can_be_waited_for(run: Run) -> None:
    unit = web(run, "unit-failpoint", free_port(), code="import os; os._exit(137)")
    await unit.start(wait=False)
    assert await unit.ended() == 137


async def test_settings_of_one_start_do_not_stay(run: Run) -> None:
    show = "import os; print('seen:', os.environ.get('TRUESTOCK_FAILPOINT'), flush=True)"
    unit = web(run, "unit-settings", free_port(), code=show)
    await unit.start({"TRUESTOCK_FAILPOINT": "here"}, wait=False)
    await unit.ended()
    await unit.start(wait=False)
    await unit.ended()
    assert unit.logs().splitlines() == ["seen: here", "seen: None"]
