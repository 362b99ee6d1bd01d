"""How a transaction of the application's role begins and ends: one round trip each, spoken by asyncpg itself.

SQLAlchemy lends the connection and is told to leave transactions alone (AUTOCOMMIT). Its own way of beginning
one, saying which workspaces it sees, and ending it were a quarter of what a batch of one event cost a service
(docs/adr/0018).
"""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

PATIENCE_S = 5.0
"""A rollback has nothing to wait for: without an answer the connection is given up, with its transaction."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def begun(engine: AsyncEngine, workspaces: Iterable[UUID]) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees exactly ``workspaces``: committed on leaving, rolled back on an error.

    ``engine`` is one of :func:`truestock.chassis.engine.create_engine` with ``own_transactions``. Raises
    RuntimeError on leaving when a statement in it failed and nobody passed its error on: PostgreSQL answers
    such a COMMIT by rolling back, without an error.
    """
    # hexadecimal digits and commas: nothing in them can end the literal
    visible = ",".join(sorted({workspace.hex for workspace in workspaces}))
    async with engine.connect() as connection:
        driver = driver_of(connection)
        try:
            await driver.execute(f"BEGIN; SELECT set_config('app.workspaces', '{visible}', true)")
            yield connection
            if await driver.execute("COMMIT;") != "COMMIT":
                raise RuntimeError("a statement of this transaction had failed: it was rolled back")
        except BaseException:
            await _undo(connection, driver)
            raise


def driver_of(connection: AsyncConnection) -> Any:
    """asyncpg's connection, None once it was given up. Any: asyncpg's classes have no types."""
    pooled = connection.sync_connection
    if pooled is None or pooled.invalidated:
        return None
    return pooled.connection.driver_connection


async def _undo(connection: AsyncConnection, driver: Any) -> None:
    """Roll back; a connection that did not is not lent again. What else fails here follows from the error."""
    undone = False
    try:
        await driver.execute("ROLLBACK;", timeout=PATIENCE_S)
        undone = True
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.info("a connection was given up instead of rolled back: %s", type(error).__name__)
    finally:  # a cancellation, too
        if not undone and connection.sync_connection is not None:
            connection.sync_connection.invalidate()
