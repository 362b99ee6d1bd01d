"""Statements of the hot path: written as SQLAlchemy's ``text``, run by asyncpg itself.

In a batch of one, SQLAlchemy's result and context objects cost twice what asyncpg's own work does (0.11 of
0.17 ms CPU per statement, measured), and such a batch runs a dozen statements. Its engine, pool and
transaction stay in charge: what is here runs inside a transaction that SQLAlchemy began.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection


class Row(asyncpg.Record):  # type: ignore[misc]  # asyncpg's C classes have no types
    """A row whose columns are attributes, as SQLAlchemy's are."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


async def fetch(connection: AsyncConnection, statement: TextClause, values: Mapping[str, Any]) -> list[Row]:
    """Run ``statement`` in the connection's transaction; the rows that it returns, often none.

    Raises asyncpg's errors as they are (:func:`truestock.chassis.engine.is_transient` knows them), and
    RuntimeError outside a transaction: there it would commit by itself.
    """
    sql, names = _compiled(statement)
    pooled = connection.sync_connection
    driver = pooled.connection.driver_connection if pooled is not None else None
    if driver is None or not driver.is_in_transaction():
        raise RuntimeError("no transaction has begun on this connection; open one with Database.begin")
    rows: list[Row] = await driver.fetch(sql, *(values[name] for name in names), record_class=Row)
    return rows


@cache
def _compiled(statement: TextClause) -> tuple[str, tuple[str, ...]]:
    """The statement with $1, $2, … and the names of its parameters in that order."""
    compiled = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
    return str(compiled), tuple(compiled.positiontup or ())
