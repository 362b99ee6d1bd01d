"""Clocks of running processes that a test moves. What measures durations goes on as before."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

_LIBRARY = "libfaketime.so.1"


@dataclass(frozen=True, slots=True)
class Clocks:
    """A folder with a clock per process, right until it is set. Every user may read it."""

    folder: Path

    @classmethod
    @contextmanager
    def made(cls) -> Iterator["Clocks"]:
        """With a copy of the library that they load: PostgreSQL's user may not get to where ours lies."""
        found = find_spec("libfaketime")
        assert found is not None, "libfaketime is not installed: make setup-dev"
        assert found.origin is not None
        with TemporaryDirectory(prefix="truestock-clocks-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            shutil.copy(Path(found.origin).parent / "vendor/libfaketime/src" / _LIBRARY, folder)
            yield cls(folder)

    def environment(self, process: str) -> Mapping[str, str]:
        """What the process has to be started with; its clock is right so far."""
        self.set(process, 0)
        return {
            "LD_PRELOAD": str(self.folder / _LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / process),
            "FAKETIME_NO_CACHE": "1",  # each of PostgreSQL's processes would learn of a jump at another time
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, process: str, offset_s: int) -> None:
        """From now on its clock is off by so many seconds."""
        new = self.folder / f"{process}.new"
        new.write_text(f"{offset_s:+d}\n")
        new.replace(self.folder / process)
