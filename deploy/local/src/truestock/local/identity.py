"""The unprivileged user under which PostgreSQL runs when the runner is root (PostgreSQL refuses root)."""

import os
import pwd
import shutil
import subprocess

from truestock.local.errors import StackError
from truestock.local.processes import Identity

USER = "truestock-local"


def unprivileged() -> Identity | None:
    """None for an ordinary user; for root a user of its own, created once, or ``nobody`` where that fails."""
    if os.geteuid() != 0:
        return None
    return _existing(USER) or _create() or _existing("nobody") or _refuse()


def _existing(name: str) -> Identity | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Identity(entry.pw_uid, entry.pw_gid) if entry.pw_uid != 0 else None


def _create() -> Identity | None:
    program = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if program is None:
        return None
    # Another clone may create it at the same moment: whoever loses the race finds it afterwards.
    subprocess.run(  # noqa: S603  # fixed arguments, no shell
        [program, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", USER],
        capture_output=True,
        check=False,
    )
    return _existing(USER)


def _refuse() -> Identity:
    raise StackError(
        "PostgreSQL refuses to run as root and this system has no unprivileged user for it",
        f"Create one (`useradd --system {USER}`) or run the stack as an ordinary user",
    )
