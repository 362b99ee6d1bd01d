"""End what a runner left behind: the watchdog of a living run and the clean-up of a dead one.

Run as a script (``python -I reaper.py STATE``) it is the watchdog: it waits until the runner's end of its
standard input closes, which the kernel does however the runner dies, and then ends every process in the
state file and deletes the folders named there. Only the standard library: it must outlive everything.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

GRACE_SECONDS = 10.0
_POLL_SECONDS = 0.02


def started_at(pid: int) -> str:
    """What tells this process from a later one with the same number; empty where the system has no /proc."""
    fields = _stat(pid)
    return fields[19] if fields else ""


def alive(pid: int, started: str) -> bool:
    """Whether exactly that process still runs (an unreaped zombie does not)."""
    fields = _stat(pid)
    if fields:
        return fields[0] not in "ZX" and (not started or fields[19] == started)
    if Path("/proc/self/stat").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def reap(state_file: Path) -> list[int]:
    """End every process of the state file, newest first, then delete its folders and the file itself.

    Returns the ids of the processes that still ran. Doing it twice, or by two parties, is harmless.
    """
    state = _read(state_file)
    left = [entry for entry in reversed(state.get("processes", [])) if alive(entry["pid"], entry["started"])]
    for entry in left:
        _signal(entry["pid"], entry["signal"])
    deadline = time.monotonic() + GRACE_SECONDS
    for entry in left:
        while alive(entry["pid"], entry["started"]):
            if time.monotonic() > deadline:
                _signal_group(entry["pid"])
                break
            time.sleep(_POLL_SECONDS)
    for folder in state.get("folders", []):
        if Path(folder).is_file():
            Path(folder).unlink(missing_ok=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    state_file.unlink(missing_ok=True)
    return [entry["pid"] for entry in left]


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    # The second field is the command in brackets and may itself hold spaces and brackets.
    return text.rpartition(")")[2].split()


def _read(state_file: Path) -> dict[str, Any]:
    try:
        state = json.loads(state_file.read_text())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def _signal_group(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    _signal(pid, signal.SIGKILL)


def _watch(state_file: Path) -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.read()
    reap(state_file)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]))
