"""Statements that go past SQLAlchemy's results stay inside the transaction that was begun for them."""

import pytest
from sqlalchemy import text
from support.small_service import WORKSPACE, fact

from truestock.chassis.beginning import driver_of
from truestock.chassis.delivery import Transient
from truestock.chassis.statements import TOGETHER, Write, fetch, write
from truestock.chassis.transaction import Database, Transaction

INSERT = text("INSERT INTO facts (workspace_id, key, number) VALUES (:workspace, :key, :number)")
ALL = text("SELECT number FROM facts ORDER BY number")
LOSES = text("UPDATE facts SET number = 0 WHERE number = :number RETURNING number")
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


async def test_a_connection_that_was_lost_between_two_statements_passes_by_itself(db: Database) -> None:
    async def go_on_without_it() -> None:
        async with db.begin([WORKSPACE]) as tx:
            pooled = await tx.connection.get_raw_connection()
            assert pooled.driver_connection is not None
            pooled.driver_connection.terminate()
            await fetch(tx.connection, BOTH, {"key": "a"})

    with pytest.raises(Transient):
        await go_on_without_it()
    async with db.begin([WORKSPACE]) as tx:
        assert await fetch(tx.connection, BOTH, {"key": "a"}) == []


ADD = text(
    """
    INSERT INTO facts (workspace_id, key, number)
    SELECT :workspace, k, n FROM unnest(CAST(:keys AS text[]), CAST(:numbers AS int[])) AS r (k, n)
    ON CONFLICT DO NOTHING RETURNING 1
    """
)


def adding(prefix: str, numbers: list[int], *, lost: str = "") -> Write:
    """Facts, one for each number."""
    keys = [f"{prefix}{n}" for n in numbers]
    return Write(ADD, {"workspace": WORKSPACE, "keys": keys, "numbers": numbers}, len(numbers), lost)


async def statements_of(tx: Transaction, *writes: Write) -> int:
    """How many statements wrote the facts of ``writes``: PostgreSQL notes each row's command number."""
    await write(tx.connection, writes)
    (row,) = await fetch(tx.connection, text("SELECT count(DISTINCT cmin::text) AS n FROM facts"), {})
    return int(row.n)


@pytest.mark.parametrize(("each", "statements"), [(2, 1), (TOGETHER, 2)], ids=["few rows", "many"])
async def test_writes_are_one_statement_while_they_are_small(
    db: Database, each: int, statements: int
) -> None:
    numbers = list(range(100, 100 + each))
    async with db.begin([WORKSPACE]) as tx:
        ran = await statements_of(tx, adding("a", numbers, lost="a was lost"), adding("b", numbers))
        assert ran == statements
    async with db.begin([WORKSPACE]) as tx:
        found = await fetch(tx.connection, text("SELECT key, number FROM facts"), {})
    assert sorted((row.key, row.number) for row in found) == sorted(
        (f"{prefix}{n}", n) for prefix in "ab" for n in numbers
    )


@pytest.mark.parametrize("beside", [1, TOGETHER], ids=["few rows", "many"])
async def test_a_lost_write_takes_the_others_back(db: Database, beside: int) -> None:
    async with db.begin([WORKSPACE]) as tx:
        await write(tx.connection, [adding("a", [1])])

    async def lose() -> None:
        async with db.begin([WORKSPACE]) as tx:
            others = adding("b", list(range(100, 100 + beside)), lost="b was lost")
            await write(tx.connection, [others, adding("a", [1], lost="a was lost")])

    with pytest.raises(Transient, match="a was lost"):
        await lose()
    async with db.begin([WORKSPACE]) as tx:
        (row,) = await fetch(tx.connection, text("SELECT count(*) AS n FROM facts"), {})
    assert row.n == 1


def one_fact(number: int) -> Write:
    """A row of its own."""
    return Write(INSERT, {"workspace": WORKSPACE, "key": f"k-{number}", "number": number}, 1)


async def numbers(db: Database) -> list[int]:
    """What is stored."""
    async with db.begin([WORKSPACE]) as tx:
        return [row.number for row in await fetch(tx.connection, ALL, {})]


async def test_last_writes_go_out_with_the_outbox_s_rows_in_one_statement(db: Database) -> None:
    seen: list[str] = []
    async with db.begin([WORKSPACE]) as tx:
        driver_of(tx.connection).add_query_logger(lambda record: seen.append(record.query))
        await tx.write_last([one_fact(1)])
        tx.emit(fact("sku", 1))
    (written,) = [query for query in seen if "INSERT INTO" in query]
    assert "INTO facts" in written
    assert "INTO outbox" in written
    assert await numbers(db) == [1]


async def test_a_second_last_write_sends_the_first_before_it(db: Database) -> None:
    async with db.begin([WORKSPACE]) as tx:
        await tx.write_last([one_fact(1)])
        await tx.write_last([one_fact(2)])
        assert [row.number for row in await fetch(tx.connection, ALL, {})] == [1]
    assert await numbers(db) == [1, 2]


async def test_a_last_write_that_is_lost_takes_the_outbox_s_rows_with_it(db: Database) -> None:
    lost = Write(LOSES, {"number": 1}, 1, lost="somebody was first")

    async def lose() -> None:
        async with db.begin([WORKSPACE]) as tx:
            await tx.write_last([one_fact(2), lost])
            tx.emit(fact("sku", 1))

    with pytest.raises(Transient, match="somebody was first"):
        await lose()
    assert await numbers(db) == []
