"""Processes of the small service: started with settings, watched, always ended."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families
from support.broker import quick_groups
from support.waiting import eventually

TESTS = Path(__file__).parent.parent
SMALL_SERVICE = "support.small_service_main"


@dataclass
class ServiceProcess:
    """One running process and a client for it."""

    process: asyncio.subprocess.Process
    http: httpx.AsyncClient

    async def alive(self) -> None:
        """Wait until it answers."""
        await self._answers("/livez")

    async def ready(self) -> None:
        """Wait until it says that it can do its work."""
        await self._answers("/readyz")

    async def _answers(self, path: str, timeout_s: float = 90.0) -> None:
        async def is_fine() -> bool:
            if self.process.returncode is not None:
                raise RuntimeError(f"the process ended with {self.process.returncode}")
            try:
                return (await self.http.get(path)).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(is_fine, timeout_s)

    async def metric(self, name: str, **labels: str) -> float:
        """The present value of one of its metrics."""
        text = (await self.http.get("/metrics")).text
        [value] = [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return float(value)

    async def exit_code(self, timeout_s: float = 100.0) -> int:
        """Wait until it ended."""
        async with asyncio.timeout(timeout_s):
            return await self.process.wait()


async def run_to_end(*arguments: str, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command of the small service; exit code and what it said on stderr."""
    process = await _spawn(arguments, environment, stderr=asyncio.subprocess.PIPE)
    async with asyncio.timeout(90):
        _, errors = await process.communicate()
    return process.returncode or 0, errors.decode()


async def output_of(*arguments: str, environment: dict[str, str]) -> tuple[int, str, str]:
    """Run a command of the small service; exit code, and what it said on stdout and on stderr."""
    process = await _spawn(
        arguments, environment, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(90):
        output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()


@asynccontextmanager
async def serving(
    environment: dict[str, str], log: Path, *, module: str = SMALL_SERVICE
) -> AsyncIterator[ServiceProcess]:
    """The small service as a process; ended at the end, its log in ``log``."""
    with log.open("ab") as stderr:
        process = await _spawn(["serve"], environment, stderr=stderr.fileno(), module=module)
    base_url = f"http://127.0.0.1:{environment['TRUESTOCK_PORT']}"
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=10) as http:
        try:
            yield ServiceProcess(process, http)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _spawn(
    arguments: "list[str] | tuple[str, ...]",
    environment: dict[str, str],
    *,
    stderr: int,
    stdout: int | None = None,
    module: str = SMALL_SERVICE,
) -> asyncio.subprocess.Process:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRUESTOCK_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        env={**inherited, **quick_groups(), "PYTHONPATH": str(TESTS), **environment},
        stderr=stderr,
        stdout=stdout,
    )
