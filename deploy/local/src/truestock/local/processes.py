"""One child process: started with a log file, watched, and ended for certain."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from truestock.local.errors import StackError
from truestock.local.logs import readable
from truestock.local.runs import Run

_POLL_SECONDS = 0.02
_TAIL_LINES = 15


@dataclass(frozen=True, slots=True)
class Identity:
    """The user and group a child runs as; the runner's own where it is None."""

    uid: int
    gid: int


class Child:
    """A running child process and its log file."""

    def __init__(
        self, run: Run, name: str, process: subprocess.Popen[bytes], log: Path, stop_signal: int
    ) -> None:
        self.name = name
        self.log = log
        self._run = run
        self._process = process
        self._stop_signal = stop_signal

    @classmethod
    def start(
        cls,
        run: Run,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        identity: Identity | None = None,
        stop_signal: int = signal.SIGTERM,
        cwd: Path | None = None,
    ) -> "Child":
        """Start ``command`` in a session of its own, so that Ctrl-C reaches only the runner.

        Output is appended to ``<run>/logs/<name>.log``. Raises :class:`StackError` if it cannot start.
        """
        log = run.logs / f"{name}.log"
        user: dict[str, int | list[int]] = {}
        if identity is not None:
            user = {"user": identity.uid, "group": identity.gid, "extra_groups": []}
        try:
            with log.open("ab") as output:
                process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603  # no shell; **user has no overload
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(env) if env is not None else None,
                    cwd=cwd,
                    start_new_session=True,
                    **user,
                )
        except OSError as error:
            raise StackError(
                f"{name} cannot be started: {error.strerror} ({error.filename})",
                "Run `make setup` again; if it stays, look whether this user may run programs there",
            ) from error
        run.watch(process, stop_signal)
        return cls(run, name, process, log, stop_signal)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def tail(self, lines: int = _TAIL_LINES) -> str:
        """The last lines of its log."""
        try:
            text = self.log.read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(readable(line) for line in text.splitlines()[-lines:])

    async def wait(self, seconds: float) -> int:
        """Wait for its end and return its exit code; raises :class:`StackError` after ``seconds``."""
        code = await self._ended_within(seconds)
        if code is None:
            await self.kill()
            raise StackError(
                f"{self.name} did not finish within {seconds:.0f} s; its last lines:\n{self.tail()}\n",
                f"Look at {self.log}",
            )
        self._run.forget(self.pid)
        return code

    async def stop(self, seconds: float = 10.0) -> None:
        """Ask it to end, then insist."""
        if self.running():
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self._stop_signal)
            await self._ended_within(seconds)
        await self.kill()

    async def kill(self) -> None:
        """End it at once (SIGKILL), with the children it may have."""
        if self.running():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            await self._ended_within(5.0)
        self._run.forget(self.pid)

    async def _ended_within(self, seconds: float) -> int | None:
        deadline = time.monotonic() + seconds
        while (code := self._process.poll()) is None:
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(_POLL_SECONDS)
        return code
