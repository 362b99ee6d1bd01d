"""The command line of a service: ``serve`` and ``migrate``."""

import argparse
import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

import uvloop
from fastapi import FastAPI
from pydantic import ValidationError

from truestock.chassis.app.server import serve
from truestock.chassis.migrations import migrate
from truestock.chassis.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


def run(
    build: Callable[[S], FastAPI],
    settings_class: type[S],
    migrations: Path,
    arguments: Sequence[str] | None = None,
) -> None:
    """Run ``serve`` or ``migrate``. What an operator can cure ends with one sentence and exit code 1."""
    parser = argparse.ArgumentParser(prog=f"python -m truestock.{settings_class.service}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run the service until SIGTERM or Ctrl-C")
    commands.add_parser("migrate", help="bring the database to this release's schema (owner role)")
    chosen = parser.parse_args(arguments)
    settings = _settings(settings_class)
    if chosen.command == "migrate":
        _migrate(settings, migrations)
        return
    bound = _bind(settings)
    app = build(settings)
    app.state.process.migrations = migrations
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


def _migrate(settings: ServiceSettings, migrations: Path) -> None:
    if settings.migration_database_url is None:
        _fail("TRUESTOCK_MIGRATION_DATABASE_URL (the owner role) is required to migrate.")
    try:
        asyncio.run(migrate(settings.migration_database_url.get_secret_value(), migrations))
    except OSError as error:
        _fail(
            f"The database of {settings.service} cannot be reached: {error.strerror or type(error).__name__}."
        )


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)
