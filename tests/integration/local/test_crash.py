"""A runner that dies leaves nothing behind, however it dies."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.waiting import eventually

from truestock.local import reaper

_RUNNER = """
import asyncio, json, sys
from truestock.local.broker import BrokerMode, start_broker
from truestock.local.postgres import PostgresServer
from truestock.local.runs import Run

async def main():
    run = Run.open("crash")
    await asyncio.gather(PostgresServer.start(run), start_broker(run, BrokerMode.EMBEDDED))
    print((run.folder / "state.json").read_text(), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


State = dict[str, list[dict[str, str]]]


@contextlib.asynccontextmanager
async def runner(home: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, State]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _RUNNER,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "TRUESTOCK_LOCAL_DIR": str(home)},
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield process, json.loads(line)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=lambda how: how.name)
async def test_a_killed_runner_leaves_no_process_and_no_data(tmp_path: Path, how: signal.Signals) -> None:
    async with runner(tmp_path / "with space") as (process, state):
        left = [(int(entry["pid"]), str(entry["started"])) for entry in state["processes"]]
        folders = [Path(str(folder)) for folder in state["folders"]]
        assert len(left) == 2
        assert all(reaper.alive(pid, started) for pid, started in left)
        assert all(folder.exists() for folder in folders)

        process.send_signal(how)
        await process.wait()

        await eventually(
            lambda: not any(reaper.alive(pid, started) for pid, started in left),
            message="PostgreSQL and the broker end with their runner",
        )
        await eventually(lambda: not any(folder.exists() for folder in folders))
