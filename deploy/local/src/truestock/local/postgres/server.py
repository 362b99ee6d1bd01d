"""One embedded PostgreSQL server, for one run: fresh data, a generated password, loopback only."""

import asyncio
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import asyncpg

from truestock.local.errors import StackError
from truestock.local.identity import unprivileged
from truestock.local.ports import LOOPBACK, free_port
from truestock.local.postgres.binaries import copy_for_another_user, wheel_install
from truestock.local.processes import Child, Identity
from truestock.local.runs import Run

SUPERUSER = "postgres"
_START_SECONDS = 30.0
_POLL_SECONDS = 0.03
_ATTEMPTS = 3
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    # A laptop's demo must not lose what it has confirmed, and the tests must see real commit costs.
    "fsync": "on",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class PostgresServer:
    """A running server. ``url(database)`` is the superuser's address."""

    def __init__(self, child: Child, port: int, password: str) -> None:
        self.child = child
        self.port = port
        self.password = password

    @classmethod
    async def start(
        cls, run: Run, *, port: int | None = None, environment: Mapping[str, str] | None = None
    ) -> "PostgresServer":
        """Create a data folder, start a server on it and wait until it answers.

        ``environment``: further variables of the server's processes, such as a clock of its own.
        Raises :class:`StackError`. The data is deleted with the run: the embedded broker forgets its log
        when it stops, and a database that outlived it would wait for events that no longer exist.
        """
        identity, install = unprivileged(), wheel_install()
        place = private_place(run, identity)
        if identity is not None:
            install = await asyncio.to_thread(copy_for_another_user, install, place / "postgresql")
        password = secrets.token_urlsafe(24)
        data = await _initialise(run, install, place, identity, password)
        for _ in range(_ATTEMPTS):
            chosen = port or free_port()
            child = _launch(run, install, data, chosen, identity, environment or {})
            server = cls(child, chosen, password)
            if await server._answers():
                return server
            await child.kill()
            if port is not None or "Address already in use" not in child.tail():
                break
        raise StackError(
            f"PostgreSQL did not start; its last lines:\n{child.tail()}\n", f"Look at {child.log}"
        )

    def url(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The address of a database of this server."""
        secret = quote(password if password is not None else self.password, safe="")
        return f"postgresql://{user}:{secret}@{LOOPBACK}:{self.port}/{database}"

    async def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, data is written."""
        await self.child.stop()

    async def _answers(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while self.child.running() and time.monotonic() < deadline:
            try:
                connection = await asyncpg.connect(self.url("postgres"), timeout=5)
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await asyncio.sleep(_POLL_SECONDS)
            else:
                await connection.close()
                return True
        return False


def private_place(run: Run, identity: Identity | None) -> Path:
    """A new folder of ``run`` that ``identity`` can reach (None: whoever runs this), deleted with the run."""
    if identity is None:
        place = Path(tempfile.mkdtemp(prefix="postgres-", dir=run.folder))
        run.discard_at_end(place)
        return place
    place = Path(tempfile.mkdtemp(prefix="truestock-postgres-", dir=_open_to_everyone()))
    run.discard_at_end(place)
    place.chmod(0o711)  # the unprivileged user may pass through, not list
    return place


def _open_to_everyone() -> Path:
    """A temporary folder whose every parent another user may pass through."""
    for candidate in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108  # mkdtemp inside
        folders = (candidate.resolve(), *candidate.resolve().parents)
        if all(folder.is_dir() and folder.stat().st_mode & 0o001 for folder in folders):
            return candidate
    raise StackError(
        "PostgreSQL's unprivileged user can reach no temporary folder",
        "Set TMPDIR to a folder that every user may pass through, or run as an ordinary user",
    )


async def _initialise(run: Run, install: Path, place: Path, identity: Identity | None, password: str) -> Path:
    owned = place / "server"
    owned.mkdir(mode=0o700)
    secret = owned / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if identity is not None:
        for path in (secret, owned):
            shutil.chown(path, identity.uid, identity.gid)
    data = owned / "data"
    child = Child.start(
        run,
        "initdb",
        [
            str(install / "bin" / "initdb"),
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",  # an unfinished initialisation is thrown away, not recovered
        ],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        identity=identity,
        cwd=owned if identity is None else Path("/"),
    )
    code = await child.wait(60)
    if code != 0:
        raise StackError(
            f"initdb failed with {code}; its last lines:\n{child.tail()}\n", f"Look at {child.log}"
        )
    secret.unlink()
    return data


def _launch(
    run: Run,
    install: Path,
    data: Path,
    port: int,
    identity: Identity | None,
    environment: Mapping[str, str],
) -> Child:
    options = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    return Child.start(
        run,
        "postgres",
        [str(install / "bin" / "postgres"), "-D", str(data), f"--port={port}", *options],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **environment},
        identity=identity,
        stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for its clients
        cwd=Path("/"),
    )
