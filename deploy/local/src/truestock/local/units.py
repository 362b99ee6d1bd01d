"""One HTTP process of the stack that can be started, stopped, killed and started again on its port."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from truestock.local.errors import StackError
from truestock.local.ports import LOOPBACK
from truestock.local.processes import Child
from truestock.local.readiness import READY_SECONDS, wait_until_ready
from truestock.local.runs import Run


def trace_file(run: Run, name: str) -> Path:
    """Where the process of this name writes its spans."""
    return run.folder / "traces" / f"{name}.jsonl"


class Unit:
    """A service, a second replica of one, or the sandbox."""

    def __init__(
        self,
        run: Run,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        port: int,
        *,
        ready_path: str,
    ) -> None:
        self.name = name
        self.port = port
        self.url = f"http://{LOOPBACK}:{port}"
        self.log = run.logs / f"{name}.log"
        self.traces = trace_file(run, name)
        self._run, self._command, self._environment = run, list(command), dict(environment)
        self._ready_path = ready_path
        self._child: Child | None = None

    async def start(
        self,
        env: Mapping[str, str] | None = None,
        *,
        wait: bool = True,
        command: Sequence[str] | None = None,
    ) -> None:
        """Start it (``env`` overrides settings for this start only); by default wait until it is ready.

        ``command``: another program in its place, for this start only (a defective build, for example).
        """
        if self.running():
            raise StackError(f"{self.name} runs already", "Stop it first")
        self.traces.parent.mkdir(exist_ok=True)
        self._child = Child.start(
            self._run, self.name, command or self._command, env={**self._environment, **(env or {})}
        )
        if wait:
            await self.ready()

    async def ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until it says that it is ready; raises :class:`StackError`."""
        await wait_until_ready(self._started(), f"{self.url}{self._ready_path}", seconds)

    def running(self) -> bool:
        """Whether its process lives."""
        return self._child is not None and self._child.running()

    @property
    def pid(self) -> int:
        """The process id; raises :class:`StackError` when it is not started."""
        return self._started().pid

    async def ended(self, seconds: float = 30.0) -> int:
        """Wait for its end (a failpoint, for example) and return the exit code."""
        return await self._started().wait(seconds)

    async def stop(self) -> None:
        """Graceful (SIGTERM), bounded."""
        if self._child is not None:
            await self._child.stop(seconds=20)
            self._child = None

    async def kill(self) -> None:
        """SIGKILL: a crash."""
        if self._child is not None:
            await self._child.kill()
            self._child = None

    def logs(self) -> str:
        """Everything it has logged in this run."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def log_records(self) -> list[dict[str, Any]]:
        """Its structured log lines."""
        return _json_lines(self.log)

    def spans(self) -> list[dict[str, Any]]:
        """The spans it has finished."""
        return _json_lines(self.traces)

    def _started(self) -> Child:
        if self._child is None:
            raise StackError(f"{self.name} is not started", "Start it first")
        return self._child


def _json_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = []
    for line in path.read_text(errors="replace").splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue  # the line that is being written now, or another program's plain text
        if isinstance(value, dict):
            found.append(value)
    return found
