"""Statements that go past SQLAlchemy's results stay inside the transaction that it began."""

import pytest
from sqlalchemy import text
from support.small_service import WORKSPACE

from truestock.chassis.statements import fetch
from truestock.chassis.transaction import Database

INSERT = text("INSERT INTO facts (workspace_id, key, number) VALUES (:workspace, :key, :number)")
BOTH = text("SELECT :key || key AS joined, number FROM facts WHERE key = :key ORDER BY number")


async def test_a_parameter_may_stand_twice_and_columns_are_attributes(db: Database) -> None:
    async with db.begin([WORKSPACE]) as tx:
        assert await fetch(tx.connection, INSERT, {"number": 7, "workspace": WORKSPACE, "key": "a"}) == []
        (row,) = await fetch(tx.connection, BOTH, {"key": "a"})
    assert (row.joined, row.number, row["number"]) == ("aa", 7, 7)
    assert not hasattr(row, "missing")


async def test_what_was_written_is_rolled_back_with_the_transaction(db: Database) -> None:
    async def fail() -> None:
        async with db.begin([WORKSPACE]) as tx:
            await fetch(tx.connection, INSERT, {"workspace": WORKSPACE, "key": "a", "number": 1})
            raise LookupError("after the statement")

    with pytest.raises(LookupError):
        await fail()
    async with db.begin([WORKSPACE]) as tx:
        assert await fetch(tx.connection, BOTH, {"key": "a"}) == []


async def test_a_statement_outside_a_transaction_is_refused_and_writes_nothing(db: Database) -> None:
    async with db.engine.connect() as connection:
        with pytest.raises(RuntimeError, match=r"Database\.begin"):
            await fetch(connection, INSERT, {"workspace": WORKSPACE, "key": "a", "number": 1})
    async with db.begin([WORKSPACE]) as tx:
        assert await fetch(tx.connection, BOTH, {"key": "a"}) == []
