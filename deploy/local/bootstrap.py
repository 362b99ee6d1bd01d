"""Prepare the virtual environment: ``python3 deploy/local/bootstrap.py local|dev``.

Needs nothing but Python and a package index. Done once: a stamp in the environment remembers the lock
file, our packages, the Python and the place, and the next call returns at once when all are the same.
Two steps, because pip refuses hashes together with editable installs: everything from elsewhere with
``--require-hashes``, then our own packages without dependencies.

It runs on any Python 3 far enough to say which one is needed, so its own syntax stays plain.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

LOWEST = (3, 11)
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    *(f"libs/{name}" for name in ("contracts", "chassis", "marketplaces", "sandbox", "client")),
    *(f"services/{name}" for name in ("connector", "importer", "inventory", "validator")),
    "deploy/local",
)
PROFILES = {"local": ("local", "dev"), "dev": ("dev",)}
"""Profile → the stamps that satisfy it: the development lock holds all that the local stack needs."""


class SetupError(Exception):
    """One sentence for a person: cause and remedy."""


def main(arguments: list[str]) -> int:
    """Exit code 0 when the environment is ready."""
    profile = arguments[0] if arguments else "local"
    if profile not in PROFILES:
        sys.stderr.write(f"unknown profile {profile!r}: choose {' or '.join(PROFILES)}\n")
        return 2
    venv = Path(os.environ.get("VENV") or ROOT / ".venv").absolute()
    try:
        with _lock():
            if not any(_stamp(venv, name).is_file() and _is_fresh(venv, name) for name in PROFILES[profile]):
                _install(venv, profile)
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(
            f"setup: cannot write below {ROOT}: {error}. Check the permissions of this folder.\n"
        )
        return 1
    return 0


def _lock() -> IO[str]:
    place = ROOT / ".local"
    place.mkdir(exist_ok=True)
    handle = (place / "setup.lock").open("w")
    fcntl.flock(handle, fcntl.LOCK_EX)  # two makes at once in one clone: the second waits
    return handle


def _install(venv: Path, profile: str) -> None:
    python = venv / "bin" / "python"
    if not _usable(python):
        _create(venv)
    lock = f"requirements/{profile}.lock"
    sys.stdout.write(f"setup: installing {lock} into {_shown(venv)} (once; a minute or two)\n")
    sys.stdout.flush()
    quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
    pip = [str(python), "-m", "pip", "install", *quiet]
    _run([*pip, "--require-hashes", "-r", lock], f"the packages of {lock} could not be installed")
    editable = [word for package in PACKAGES for word in ("-e", package)]
    _run([*pip, "--no-deps", "--no-build-isolation", *editable], "our own packages could not be installed")
    _stamp(venv, profile).write_text(_fingerprint(venv, profile))


def _create(venv: Path) -> None:
    python = _interpreter()
    sys.stdout.write(f"setup: creating {_shown(venv)} with {python}\n")
    sys.stdout.flush()
    if _has(python, "ensurepip"):
        _run([python, "-m", "venv", "--clear", str(venv)], "the virtual environment could not be created")
    elif _has(python, "pip"):
        _run([python, "-m", "venv", "--clear", "--without-pip", str(venv)], "no virtual environment")
        target = str(venv / "bin" / "python")
        _run(
            [python, "-m", "pip", "--python", target, "install", "--quiet", "pip"],
            "pip could not be installed",
        )
    else:
        raise SetupError(
            f"{python} has neither ensurepip nor pip. Install them (Debian, Ubuntu: `apt-get install"
            " python3-venv`), or name a complete Python with `make setup PYTHON=/path/to/python3`."
        )


def _interpreter() -> str:
    """This Python if it is new enough, otherwise the newest one on the PATH that is."""
    if sys.version_info[:2] >= LOWEST:
        return sys.executable
    for minor in range(20, LOWEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        # A name on the PATH may be a launcher without the version behind it.
        if found and _succeeds(found, "import venv"):
            return found
    version = ".".join(map(str, sys.version_info[:3]))
    raise SetupError(
        f"Python {LOWEST[0]}.{LOWEST[1]} or newer is needed and {sys.executable} is {version}."
        " Install one and run `make setup PYTHON=/path/to/python3`."
    )


def _usable(python: Path) -> bool:
    return python.exists() and _succeeds(str(python), "import sys, pip; sys.exit(sys.version_info < (3, 11))")


def _has(python: str, module: str) -> bool:
    return _succeeds(python, f"import {module}")


def _succeeds(python: str, code: str) -> bool:
    return _call([python, "-c", code], silent=True) == 0


def _run(command: list[str], what: str) -> None:
    code = _call(command)
    if code != 0:
        raise SetupError(f"{what} ({Path(command[0]).name} ended with {code}; its words are above).")


def _call(command: list[str], *, silent: bool = False) -> int:
    output = subprocess.DEVNULL if silent else None
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=output, stderr=output)  # noqa: S603  # ours
    return done.returncode


def _stamp(venv: Path, profile: str) -> Path:
    return venv / f".truestock-{profile}"


def _is_fresh(venv: Path, profile: str) -> bool:
    return _stamp(venv, profile).read_text() == _fingerprint(venv, profile)


def _fingerprint(venv: Path, profile: str) -> str:
    """Everything whose change makes the environment stale."""
    digest = hashlib.sha256(f"{venv} {(venv / 'bin' / 'python').resolve()}".encode())
    for name in (f"requirements/{profile}.lock", *(f"{package}/pyproject.toml" for package in PACKAGES)):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if ROOT in path.parents else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
