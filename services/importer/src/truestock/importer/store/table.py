"""What all tables share: running one statement and reading JSON columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import RowMapping, TextClause
from sqlalchemy.ext.asyncio import AsyncConnection


def dumps(value: Any) -> str:
    """JSON text for a jsonb column."""
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Table:
    """Statements on one connection of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _rows(self, statement: TextClause, **values: Any) -> Sequence[RowMapping]:
        return (await self._connection.execute(statement, values)).mappings().all()

    async def _row(self, statement: TextClause, **values: Any) -> RowMapping | None:
        return (await self._connection.execute(statement, values)).mappings().first()

    async def _run(self, statement: TextClause, **values: Any) -> int:
        return int((await self._connection.execute(statement, values)).rowcount)
