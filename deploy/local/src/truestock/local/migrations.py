"""Bring the services' databases to their newest schema."""

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from truestock.local.environment import inherited, migration_environment
from truestock.local.errors import StackError
from truestock.local.postgres import DatabaseUrls
from truestock.local.processes import Child
from truestock.local.runs import Run

_SECONDS = 90.0


async def migrate(run: Run, urls: DatabaseUrls) -> None:
    """One service, by its own command: ``python -m truestock.<service> migrate``.

    Raises :class:`StackError` with its last lines.
    """
    command = [sys.executable, "-m", f"truestock.{urls.service}", "migrate"]
    await _finish(run, f"{urls.service}-migrate", command, migration_environment(urls))


async def migrate_all(run: Run, databases: Mapping[str, DatabaseUrls]) -> None:
    """All services in one process: starting Python once instead of four times saves seconds.

    Raises :class:`StackError` with its last lines.
    """
    work = {urls.owner: str(versions_of(service)) for service, urls in databases.items()}
    command = [sys.executable, "-m", "truestock.local.migrator"]
    await _finish(run, "migrations", command, {**inherited(), "TRUESTOCK_MIGRATIONS": json.dumps(work)})


def versions_of(service: str) -> Path:
    """The folder with a service's Alembic environment, beside its sources."""
    spec = importlib.util.find_spec(f"truestock.{service}")
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        folder = Path(place).parents[2] / "migrations"
        if folder.is_dir():
            return folder
    raise StackError(
        f"The migrations of {service} are not beside its sources", "Run `make setup` in the repository"
    )


async def _finish(run: Run, name: str, command: list[str], environment: Mapping[str, str]) -> None:
    child = Child.start(run, name, command, env=environment)
    code = await child.wait(_SECONDS)
    if code != 0:
        raise StackError(
            f"{name} failed with {code}; its last lines:\n{child.tail()}\n",
            f"Look at {child.log}",
        )
