"""Statements of the hot path: written as SQLAlchemy's ``text``, run by asyncpg itself.

In a batch of one, SQLAlchemy's result and context objects cost twice what asyncpg's own work does (0.11 of
0.17 ms CPU per statement, measured), and such a batch runs a dozen statements. Its engine and pool stay in
charge: what is here runs inside a transaction of :mod:`truestock.chassis.beginning`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.beginning import driver_of
from truestock.chassis.delivery import Transient

TOGETHER = 50
"""Writes of at most so many rows go out as one statement. What a round trip costs is nothing beside more of
them, and asyncpg copies a message at every 64 kB by which it grows."""

PARAMETER = re.compile(r"\$(\d+)")


class Row(asyncpg.Record):  # type: ignore[misc]  # asyncpg's C classes have no types
    """A row whose columns are attributes, as SQLAlchemy's are."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True, slots=True)
class Write:
    """One statement of several that write different rows in one transaction.

    ``rows`` is how many rows it is about. ``lost`` says what it means when it returns fewer; a statement
    that has a ``lost`` returns one row for each that it wrote.
    """

    statement: TextClause
    values: Mapping[str, Any]
    rows: int
    lost: str = ""


async def fetch(connection: AsyncConnection, statement: TextClause, values: Mapping[str, Any]) -> list[Row]:
    """Run ``statement`` in the connection's transaction; the rows that it returns, often none.

    Raises asyncpg's errors as they are (:func:`truestock.chassis.engine.is_transient` knows them), and
    RuntimeError outside a transaction: there it would commit by itself.
    """
    sql, names = _compiled(statement)
    return await _run(connection, sql, [values[name] for name in names])


async def write(connection: AsyncConnection, writes: Sequence[Write]) -> None:
    """Run all ``writes``: few rows as one statement, many one statement after the other.

    As one statement they see the same snapshot and none sees what another wrote, so each must have its own
    rows; foreign keys between them are looked at afterwards. Raises
    :class:`~truestock.chassis.delivery.Transient` with a write's ``lost``, and what :func:`fetch` raises.
    """
    if len(writes) == 1 or not is_small(writes):
        for one in writes:
            done = await fetch(connection, one.statement, one.values)
            if one.lost and len(done) != one.rows:
                raise Transient(one.lost)
    elif writes:
        sql, names = _together(tuple((one.statement, bool(one.lost)) for one in writes))
        values = [one.values[name] for one, own in zip(writes, names, strict=True) for name in own]
        (counts,) = await _run(connection, sql, values)
        checked = (one for one in writes if one.lost)
        for one, written in zip(checked, counts, strict=False):
            if written != one.rows:
                raise Transient(one.lost)


def is_small(writes: Sequence[Write]) -> bool:
    """Whether they gain from being one statement."""
    return sum(one.rows for one in writes) <= TOGETHER


async def _run(connection: AsyncConnection, sql: str, values: Sequence[Any]) -> list[Row]:
    driver = driver_of(connection)
    # a connection that was lost says so itself, as an error that passes
    if driver is None or not (driver.is_closed() or driver.is_in_transaction()):
        raise RuntimeError("no transaction has begun on this connection; open one with Database.begin")
    rows: list[Row] = await driver.fetch(sql, *values, record_class=Row)
    return rows


@cache
def _compiled(statement: TextClause) -> tuple[str, tuple[str, ...]]:
    """The statement with $1, $2, … and the names of its parameters in that order."""
    compiled = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
    return str(compiled), tuple(compiled.positiontup or ())


@cache
def _together(parts: tuple[tuple[TextClause, bool], ...]) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """One statement of several, and the names of each one's parameters; it returns the checked ones' rows."""
    tables: list[str] = []
    counts: list[str] = []
    names: list[tuple[str, ...]] = []
    for statement, checked in parts:
        sql, own = _compiled(statement)
        name = f"w{len(tables)}"
        tables.append(f"{name} AS ({_shifted(sql, sum(map(len, names)))}\n)")
        if checked:
            counts.append(f"(SELECT count(*) FROM {name})")  # noqa: S608  # a name of ours
        names.append(own)
    return f"WITH {', '.join(tables)} SELECT {', '.join([*counts, '1'])}", tuple(names)


def _shifted(sql: str, by: int) -> str:
    def shift(found: re.Match[str]) -> str:
        return f"${int(found[1]) + by}"

    return PARAMETER.sub(shift, sql)
