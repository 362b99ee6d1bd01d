"""The command line of a service: ``serve``, ``migrate``, and what else its owner role does by hand."""

import argparse
import asyncio
import errno
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import uvloop
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.app.server import serve
from truestock.chassis.dead_letter_tool import command as dead_letters
from truestock.chassis.migrations import newest_revision
from truestock.chassis.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OwnerCommand:
    """A service's own command: one transaction of the owner role. ``work`` returns what is printed."""

    name: str
    help: str
    work: Callable[[AsyncConnection], Awaitable[str]]


def run(
    build: Callable[[S], FastAPI],
    settings_class: type[S],
    migrations: Path,
    arguments: Sequence[str] | None = None,
    *,
    commands: Sequence[OwnerCommand] = (),
) -> None:
    """Run ``serve``, ``migrate``, ``dead-letters`` or one of the service's own ``commands``.

    What an operator can cure ends with one sentence and exit code 1.
    """
    parser = argparse.ArgumentParser(prog=f"python -m truestock.{settings_class.service}")
    choices = parser.add_subparsers(dest="command", required=True)
    choices.add_parser("serve", help="run the service until SIGTERM or Ctrl-C")
    choices.add_parser("migrate", help="bring the database to this release's schema (owner role)")
    dead_letters.add_to(choices.add_parser("dead-letters", help="all dead letters of the service's groups"))
    for command in commands:
        choices.add_parser(command.name, help=f"{command.help} (owner role)")
    parsed = parser.parse_args(arguments)
    chosen = parsed.command
    settings = _settings(settings_class)
    if chosen == "migrate":
        # imported on demand: Alembic costs 7 MiB that a serving process should not pay
        from truestock.chassis.migrations.runner import migrate

        url = _owner_url(settings, chosen)
        _finish(settings, migrate(url, migrations))
        return
    for command in commands:
        if chosen == command.name:
            sys.stdout.write(f"{_finish(settings, _owned(_owner_url(settings, chosen), command))}\n")
            return
    if chosen == "dead-letters":
        failure = asyncio.run(dead_letters.run(build, settings, parsed))
        if failure:
            _fail(failure)
        return
    bound = _bind(settings)
    app = build(settings)
    app.state.process.revision = newest_revision(migrations)
    with bound:
        finished = uvloop.run(serve(app, bound, settings))
    if not finished:
        _fail(f"{settings.service} could not start; the log above says why.")


def _settings(settings_class: type[S]) -> S:
    try:
        return settings_class()
    except ValidationError as error:
        prefix = str(settings_class.model_config.get("env_prefix", ""))
        named = "; ".join(
            f"{prefix}{'_'.join(map(str, found['loc'])).upper()}: {found['msg']}"
            for found in error.errors(include_input=False, include_url=False, include_context=False)
        )
        _fail(f"The settings of {settings_class.service} are not usable: {named}")


def _bind(settings: ServiceSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        place = f"{settings.host}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            _fail(f"{place} is in use by another process: stop that one, or set another TRUESTOCK_PORT.")
        _fail(f"{settings.service} cannot listen on {place}: {error.strerror}.")
    return bound


def _owner_url(settings: ServiceSettings, command: str) -> str:
    if settings.migration_database_url is None:
        _fail(f"TRUESTOCK_MIGRATION_DATABASE_URL (the owner role) is required to {command}.")
    return settings.migration_database_url.get_secret_value()


async def _owned(url: str, command: OwnerCommand) -> str:
    from truestock.chassis.migrations.runner import owner_transaction  # as above

    async with owner_transaction(url) as connection:
        return await command.work(connection)


def _finish(settings: ServiceSettings, work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except OSError as error:
        _fail(
            f"The database of {settings.service} cannot be reached: {error.strerror or type(error).__name__}."
        )


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)
