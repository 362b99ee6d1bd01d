"""`make run`: up, usable, and gone without a trace after Ctrl-C or a crash of the runner."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from support.waiting import eventually

from truestock.local import reaper

Watched = list[tuple[int, str]]


@contextlib.asynccontextmanager
async def running(home: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str], Watched]]:
    """``python -m truestock.local run``: its process, the addresses it wrote, the processes it started."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "truestock.local", "run"),
        stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ, "TRUESTOCK_LOCAL_DIR": str(home)},
        start_new_session=True,
    )
    addresses = home / "endpoints.json"
    try:
        await eventually(lambda: addresses.exists() or process.returncode is not None, 90)
        assert process.returncode is None
        (state,) = home.glob("run-*/state.json")
        entries = json.loads(state.read_text())["processes"]
        yield process, json.loads(addresses.read_text()), [(e["pid"], e["started"]) for e in entries]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.parametrize(
    ("how", "code"),
    [(signal.SIGINT, 130), (signal.SIGKILL, -9)],
    ids=["Ctrl-C", "crash"],
)
async def test_nothing_is_left_of_a_stack(tmp_path: Path, how: signal.Signals, code: int) -> None:
    async with running(tmp_path) as (process, addresses, watched):
        assert len(watched) == 7  # PostgreSQL, broker, sandbox, four services
        async with httpx.AsyncClient() as http:
            services = ("connector", "importer", "inventory", "validator")
            answers = [await http.get(f"{addresses[name]}/readyz") for name in services]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200]

        process.send_signal(how)
        assert await asyncio.wait_for(process.wait(), 60) == code

        await eventually(lambda: not any(reaper.alive(*entry) for entry in watched))
        await eventually(lambda: not list(tmp_path.glob("run-*/state.json")))
    secrets = [path for path in tmp_path.rglob("*") if path.name.endswith("clients.json")]
    assert secrets == []
