"""All tests in three processes at once: ``python tests/side_by_side.py [pytest options]``.

Most of the time goes into waiting for services and brokers, so several processes on two cores end much
earlier than one. The first one's output is shown as it comes, the others' when the ones before have ended.
Ends with the worst exit code; Ctrl-C reaches all.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
TOGETHER = (("journey",), ("faults",), ("unit", "contract", "integration"))
"""Folders of each process, in their order. What starts services comes last, since they run, and work even
when idle, until their process ends; the stack of the integration tests is used by the last of them."""


def parts(folders: Sequence[str]) -> list[list[str]]:
    """What each process runs; a folder that is not named above comes first in the last."""
    *others, last = ([name for name in part if name in folders] for part in TOGETHER)
    named = {name for part in (*others, last) for name in part}
    return [part for part in (*others, [name for name in folders if name not in named] + last) if part]


def main(options: Sequence[str]) -> int:
    """Run all parts; the exit code of the worst one."""
    folders = sorted(path.name for path in HERE.iterdir() if path.is_dir() and any(path.rglob("test_*.py")))
    with contextlib.ExitStack() as kept:
        started: list[tuple[subprocess.Popen[bytes], IO[bytes] | None]] = []
        for number, part in enumerate(parts(folders), 1):
            output = kept.enter_context(tempfile.TemporaryFile()) if started else None
            command = _command([str(HERE / name) for name in part], options, str(number))
            started.append((_start(command, output), output))
        return max([_ended(process, output) for process, output in started])


def _start(command: Sequence[str], output: IO[bytes] | None) -> "subprocess.Popen[bytes]":
    # Byte code is kept whatever the machine's setting: compiling the tests anew costs each process seconds.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(command, stdout=output, stderr=output and subprocess.STDOUT, env=environment)


def _ended(process: "subprocess.Popen[bytes]", output: IO[bytes] | None) -> int:
    """Wait for a process and show what it kept back; its exit code, never 0 after Ctrl-C."""
    try:
        code = process.wait()
    except KeyboardInterrupt:
        code = process.wait() or 1  # the terminal has told all of them; each stops what it started
    if output is not None:
        output.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(output.read())
        sys.stdout.flush()
    return abs(code)


def _command(folders: Sequence[str], options: Sequence[str], name: str) -> list[str]:
    cache = f"cache_dir={HERE.parent / '.pytest_cache' / name}"
    return [sys.executable, "-m", "pytest", "-o", cache, *options, *folders]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
