"""All tests in two processes at once: ``python tests/side_by_side.py [pytest options]``.

Most of the time goes into waiting for services and brokers, so two processes on two cores end much earlier
than one. The first one's output is shown as it comes, the second one's when the first has ended. Ends with
the worse exit code; Ctrl-C reaches both.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOGETHER = (("journey",), ("unit", "contract", "faults", "integration"))
"""Folders of each process, in their order: the stack's tests beside everything else. What starts services
comes last, since they run until their process ends."""


def halves(folders: Sequence[str]) -> tuple[list[str], list[str]]:
    """What each process runs; a folder that is not named above belongs to the second."""
    first, second = ([name for name in half if name in folders] for half in TOGETHER)
    return first, [*(name for name in folders if name not in (*first, *second)), *second]


def main(options: Sequence[str]) -> int:
    """Run both halves; the exit code of the worse one."""
    folders = sorted(path.name for path in HERE.iterdir() if path.is_dir() and any(path.rglob("test_*.py")))
    first, second = ([str(HERE / name) for name in half] for half in halves(folders))
    with tempfile.TemporaryFile() as kept:
        beside = subprocess.Popen(_command(second, options, "2"), stdout=kept, stderr=subprocess.STDOUT)
        ahead = subprocess.Popen(_command(first, options, "1"))
        try:
            codes = ahead.wait(), beside.wait()
        except KeyboardInterrupt:
            # The terminal has told both; each stops what it started.
            codes = ahead.wait() or 1, beside.wait() or 1
        kept.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(kept.read())
        sys.stdout.flush()
    return max(codes)


def _command(folders: Sequence[str], options: Sequence[str], name: str) -> list[str]:
    cache = f"cache_dir={HERE.parent / '.pytest_cache' / name}"
    return [sys.executable, "-m", "pytest", "-o", cache, *options, *folders]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
