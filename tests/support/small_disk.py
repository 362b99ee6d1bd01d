"""A disk of one test, small enough to be filled: a tmpfs, whose end is the kernel's own ENOSPC."""

import errno
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_STEPS = (1024 * 1024, 4096)
"""The ballast grows by megabytes, and at the end by pages."""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """Mounted on ``folder``."""

    folder: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """A ballast takes every page that is left, until the end of the block."""
        ballast = self.folder / "ballast"
        try:
            for step in _STEPS:
                self._grow(ballast, step)
            yield
        finally:
            ballast.unlink(missing_ok=True)

    def _grow(self, ballast: Path, step: int) -> None:
        with ballast.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(step))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount one on a new ``folder``, for the owner of the folder around it.

    Fails where this user may not mount: root may, unless a container forbids it.
    """
    owner = folder.parent.stat()
    options = f"size={megabytes}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    folder.mkdir()
    if refused := _run("mount", "-t", "tmpfs", "-o", options, "truestock-small-disk", str(folder)):
        folder.rmdir()
        pytest.fail(f"A full disk needs a small one, and a tmpfs cannot be mounted here: {refused}")
    try:
        yield SmallDisk(folder)
    finally:
        if busy := _run("umount", str(folder)):
            _run("umount", "--lazy", str(folder))
        folder.rmdir()
    assert not busy, busy


def _run(name: str, *arguments: str) -> str:
    """What the program complains about; nothing if all went well."""
    program = shutil.which(name)
    if program is None:
        return f"there is no program {name}"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30, check=False)
    return (done.stderr.strip() or f"{name} ended with {done.returncode}") if done.returncode else ""
