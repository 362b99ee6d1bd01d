"""How a transaction begins and ends on a pooled connection, and what becomes of the connection then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
from sqlalchemy import text
from support.small_service import WORKSPACE
from support.waiting import eventually

from truestock.chassis.beginning import driver_of
from truestock.chassis.statements import fetch
from truestock.chassis.transaction import Database, Transaction
from truestock.local.postgres import DatabaseUrls

WAIT = text("SELECT pg_advisory_xact_lock(77)")
WAITS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
INSERT = text("INSERT INTO facts (workspace_id, key, number) VALUES (:workspace, 'sku', :number)")
ALL = text("SELECT number FROM facts ORDER BY number")


@pytest.fixture
async def one(urls: DatabaseUrls) -> AsyncIterator[Database]:
    """A database with a single connection: whatever is left on it meets the next transaction."""
    opened = Database(urls.app, application_name="test", pool_size=1)
    yield opened
    await opened.close()


@pytest.fixture
async def holder(urls: DatabaseUrls) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Another session, which holds the lock that :data:`WAIT` waits for."""
    other = await asyncpg.connect(urls.owner)
    await other.execute("SELECT pg_advisory_lock(77)")
    yield other
    await other.close()


async def store(tx: Transaction, number: int) -> None:
    """Insert a fact."""
    await fetch(tx.connection, INSERT, {"workspace": WORKSPACE, "number": number})


async def numbers(tx: Transaction) -> list[int]:
    """All facts."""
    return [row.number for row in await fetch(tx.connection, ALL, {})]


async def test_a_failed_statement_whose_error_was_swallowed_is_no_commit(one: Database) -> None:
    async def swallow() -> None:
        async with one.begin([WORKSPACE]) as tx:
            await store(tx, 1)
            with suppress(asyncpg.PostgresError):
                await driver_of(tx.connection).execute("SELECT 1 / 0")

    with pytest.raises(RuntimeError, match="rolled back"):
        await swallow()
    async with one.begin([WORKSPACE]) as tx:
        assert await numbers(tx) == []


async def test_a_cancelled_statement_leaves_nothing_behind(
    one: Database, holder: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async def write_and_wait() -> None:
        async with one.begin([WORKSPACE]) as tx:
            await store(tx, 1)
            await tx.connection.execute(WAIT)

    task = asyncio.create_task(write_and_wait())
    await eventually(lambda: holder.fetchval(WAITS))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with one.begin([WORKSPACE]) as tx:
        assert await numbers(tx) == []


async def test_the_next_transaction_gets_the_same_connection(one: Database) -> None:
    pids = set()
    for _ in range(3):
        async with one.begin([WORKSPACE]) as tx:
            pids.add(driver_of(tx.connection).get_server_pid())
        with suppress(LookupError):
            async with one.begin([WORKSPACE]) as tx:
                pids.add(driver_of(tx.connection).get_server_pid())
                raise LookupError
    assert len(pids) == 1


async def test_a_connection_that_was_lost_is_not_lent_again(one: Database) -> None:
    async def lose(at_once: bool) -> None:
        async with one.begin([WORKSPACE]) as tx:
            await store(tx, 1)
            driver_of(tx.connection).terminate()
            if at_once:
                raise LookupError

    for at_once in (False, True):
        with pytest.raises(Exception):  # noqa: B017, PT011  # which one is another test's
            await lose(at_once)
        async with one.begin([WORKSPACE]) as tx:
            assert await numbers(tx) == []


async def test_a_rollback_that_is_cancelled_ends_the_connection(one: Database) -> None:
    async def write_and_fail() -> None:
        async with one.begin([WORKSPACE]) as tx:
            await store(tx, 1)
            asyncio.get_running_loop().call_soon(task.cancel)
            raise LookupError

    task = asyncio.create_task(write_and_fail())
    with pytest.raises(asyncio.CancelledError):
        await task
    async with one.begin([WORKSPACE]) as tx:
        assert await numbers(tx) == []
