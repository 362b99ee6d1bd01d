"""The folder of one run: its lock, its state file, its logs, and its watchdog."""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from truestock.local import reaper
from truestock.local.errors import StackError

KEPT_RUNS = 5


def home() -> Path:
    """Where the local stack keeps logs and state: ``TRUESTOCK_LOCAL_DIR``, or ``.local`` in this folder."""
    return Path(os.environ.get("TRUESTOCK_LOCAL_DIR") or ".local").absolute()


class Run:
    """One run of a stack: owns ``<home>/<name>`` and everything that must end with the runner.

    The runner holds a lock on the folder as long as it lives. A folder whose lock is free belongs to a
    runner that died; the next run ends what it left (:func:`sweep`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self._state_file = folder / "state.json"
        self._processes: list[dict[str, object]] = []
        self._children: list[subprocess.Popen[bytes]] = []
        self._folders: list[str] = []
        self._lock: IO[str] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, kind: str) -> "Run":
        """Create the folder of a new run after ending what dead runs left.

        Raises :class:`StackError` where the folder cannot be written.
        """
        base = home()
        name = f"{kind}-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
        run = cls(base / name)
        try:
            base.mkdir(parents=True, exist_ok=True)
            sweep(base)
            run.logs.mkdir(parents=True)
            run._lock = (run.folder / "lock").open("w")
            fcntl.flock(run._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            run._save()
        except OSError as error:
            raise StackError(
                f"The stack cannot write its logs and state to {base} ({error.strerror})",
                "Give yourself write permission there, or set TRUESTOCK_LOCAL_DIR to a folder of your own",
            ) from error
        run._watchdog = subprocess.Popen(  # noqa: S603  # our own file, no shell
            [sys.executable, "-I", "-S", str(Path(reaper.__file__)), str(run._state_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        return run

    def watch(self, process: subprocess.Popen[bytes], signal_number: int) -> None:
        """From now on this process ends with the runner, by this signal first."""
        started = reaper.started_at(process.pid)
        self._processes.append({"pid": process.pid, "started": started, "signal": int(signal_number)})
        self._children.append(process)
        self._save()

    def forget(self, pid: int) -> None:
        """The process has ended."""
        self._processes = [entry for entry in self._processes if entry["pid"] != pid]
        self._save()

    def discard_at_end(self, path: Path) -> None:
        """Delete this file or folder when the run ends, however it ends."""
        self._folders.append(str(path))
        self._save()

    def close(self) -> None:
        """End whatever is still watched, delete the discarded folders, keep the logs."""
        reaper.reap(self._state_file)
        for child in self._children:
            child.poll()  # collects its exit code: no zombie, no warning
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
            self._watchdog.wait()
        if self._lock is not None:
            self._lock.close()

    def _save(self) -> None:
        draft = self._state_file.with_suffix(".new")
        draft.write_text(json.dumps({"processes": self._processes, "folders": self._folders}))
        draft.replace(self._state_file)


def sweep(base: Path) -> list[int]:
    """End the processes of runs whose runner is dead; keep only the newest finished runs' logs."""
    ended: list[int] = []
    finished: list[Path] = []
    for lock in sorted(base.glob("*/lock"), key=lambda path: path.stat().st_mtime):
        with lock.open("r+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # its runner lives
            ended += reaper.reap(lock.parent / "state.json")
            finished.append(lock.parent)
    for folder in finished[:-KEPT_RUNS]:
        shutil.rmtree(folder, ignore_errors=True)
    return ended
