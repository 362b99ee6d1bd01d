"""Row-level security: the database keeps workspaces apart, whatever the application's SQL says."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from support.small_service import OTHER_WORKSPACE, WORKSPACE, fact

from truestock.chassis.transaction import Database, Transaction


async def store(tx: Transaction, workspace: object, number: int) -> None:
    """Insert a fact of ``workspace``."""
    await tx.connection.execute(
        text("INSERT INTO facts (workspace_id, key, number) VALUES (:workspace, 'sku', :number)"),
        {"workspace": workspace, "number": number},
    )


async def numbers(tx: Transaction) -> list[int]:
    """All facts, without any filter."""
    return list((await tx.connection.execute(text("SELECT number FROM facts ORDER BY number"))).scalars())


@pytest.fixture
async def filled(db: Database) -> Database:
    """Both workspaces have a fact."""
    async with db.begin([WORKSPACE, OTHER_WORKSPACE]) as tx:
        await store(tx, WORKSPACE, 1)
        await store(tx, OTHER_WORKSPACE, 2)
    return db


async def test_a_transaction_sees_its_workspaces_only(filled: Database) -> None:
    async with filled.begin([WORKSPACE]) as tx:
        assert await numbers(tx) == [1]
    async with filled.begin([OTHER_WORKSPACE]) as tx:
        assert await numbers(tx) == [2]
    async with filled.begin([WORKSPACE, OTHER_WORKSPACE]) as tx:
        assert await numbers(tx) == [1, 2]


async def test_a_pooled_connection_without_a_workspace_sees_nothing(filled: Database) -> None:
    for _ in range(3):
        async with filled.begin([WORKSPACE]) as tx:
            assert await numbers(tx) == [1]
        async with filled.engine.connect() as connection:
            assert list((await connection.execute(text("SELECT number FROM facts"))).scalars()) == []
        async with filled.begin([]) as tx:
            assert await numbers(tx) == []


async def test_another_workspaces_rows_can_be_neither_written_nor_changed(filled: Database) -> None:
    async def write_theirs() -> None:
        async with filled.begin([WORKSPACE]) as tx:
            await store(tx, OTHER_WORKSPACE, 3)

    with pytest.raises(DBAPIError, match="row-level security"):
        await write_theirs()
    async with filled.begin([WORKSPACE]) as tx:
        changed = await tx.connection.execute(text("UPDATE facts SET number = 9"))
        assert changed.rowcount == 1
        deleted = await tx.connection.execute(text("DELETE FROM facts WHERE number = 2"))
        assert deleted.rowcount == 0
    async with filled.begin([OTHER_WORKSPACE]) as tx:
        assert await numbers(tx) == [2]


async def test_neither_role_reads_what_is_the_others(
    filled: Database,
) -> None:
    async def read_outbox() -> None:
        async with filled.begin([WORKSPACE]) as tx:
            tx.emit(fact("sku", 1))
            await tx.flush()
            await tx.connection.execute(text("SELECT * FROM outbox"))

    async def read_facts() -> None:
        async with filled.begin_system() as connection:
            await connection.execute(text("SELECT * FROM facts"))

    with pytest.raises(DBAPIError, match="permission denied"):
        await read_outbox()
    with pytest.raises(DBAPIError, match="permission denied"):
        await read_facts()
