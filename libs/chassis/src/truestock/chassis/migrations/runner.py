"""Run a service's Alembic migrations with time-outs, one runner at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

MIGRATION_LOCK = 0x7472_7565_0001
"""Advisory lock: two migration jobs of one database run one after the other."""


def _config(location: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(url: str, location: Path, *, revision: str = "head") -> None:
    """Upgrade the database at ``url`` (the owner role) to ``revision``. All or nothing.

    One at a time per process: Alembic keeps its context in a module.
    """
    async with owner_transaction(url) as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        await connection.run_sync(_upgrade, location, revision)


@asynccontextmanager
async def owner_transaction(url: str) -> AsyncIterator[AsyncConnection]:
    """One transaction of the owner role; commits on leaving. Raises OSError when nobody answers."""
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        connect_args={
            "server_settings": {
                "application_name": "truestock-migrate",
                "lock_timeout": "10s",
                "statement_timeout": "10min",
            }
        },
    )
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, location: Path, revision: str) -> None:
    config = _config(location)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    owner = str(connection.execute(text("SELECT current_user")).scalar_one())
    # Readiness compares the database's revision with the release's, as the application role.
    connection.execute(text(f'GRANT SELECT ON alembic_version TO "{owner.removesuffix("_owner")}_app"'))


def run_environment() -> None:
    """The whole of a service's ``migrations/env.py``."""
    context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()
