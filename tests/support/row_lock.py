"""Somebody else's open transaction on a fact: whoever writes that fact waits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from support.small_service import WORKSPACE

from truestock.local.postgres import DatabaseUrls


class RowLock:
    """A fact that is written and neither committed nor rolled back."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._transaction = connection.transaction()

    @classmethod
    @asynccontextmanager
    async def on(cls, urls: DatabaseUrls, about: str, number: int) -> AsyncIterator["RowLock"]:
        """Held until it is released."""
        connection = await asyncpg.connect(urls.owner)
        try:
            lock = cls(connection)
            await lock._transaction.start()
            await lock.write(about, number)
            yield lock
        finally:
            await connection.close()

    async def write(self, about: str, number: int) -> None:
        """One more fact in the same transaction."""
        await self._connection.execute("SELECT set_config('app.workspaces', $1, true)", str(WORKSPACE))
        await self._connection.execute(
            "INSERT INTO facts (workspace_id, key, number) VALUES ($1, $2, $3)", WORKSPACE, about, number
        )

    async def is_waited_for(self) -> bool:
        """Whether somebody is inside a batch that needs it."""
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        return bool(await self._connection.fetchval(waiting))

    async def release(self) -> None:
        """As if it had never been."""
        await self._transaction.rollback()
