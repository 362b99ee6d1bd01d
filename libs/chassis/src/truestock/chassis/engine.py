"""Engines, and which database errors pass by themselves."""

from collections.abc import Iterator

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions (08),
# transaction rollback (40), insufficient resources (53), operator intervention (57; 57014 is a time-out),
# system errors such as a disk that fails (58).
TRANSIENT_CLASSES = ("08", "40", "53", "57", "58")
LOCK_NOT_AVAILABLE = "55P03"
READ_ONLY = "25006"
"""What a standby answers: the connection has not followed a failover yet."""
REFUSING_CLASSES = ("53", "58")
"""The database answers, and takes no work from anybody."""


def create_engine(
    url: str, *, application_name: str, pool_size: int = 10, own_transactions: bool = False
) -> AsyncEngine:
    """An asyncpg engine. ``url`` is a plain postgresql:// URL. Statements and locks have time-outs.

    ``own_transactions``: SQLAlchemy begins and ends none (:mod:`truestock.chassis.beginning` does).
    """
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        isolation_level="AUTOCOMMIT" if own_transactions else None,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,  # few connections in use: each prepares and plans its statements for itself
        hide_parameters=True,  # errors are logged and dead-lettered; parameters may be anything
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": application_name,
                "statement_timeout": "60s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "120s",
                "jit": "off",
            },
        },
    )


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later: lost connections, deadlocks, serialization, no resources."""
    return any(_passes(cause) for cause in _causes(error))


def refuses_work(error: BaseException) -> bool:
    """Whether the database takes no work at present, whatever it is: no space, no memory, read-only."""
    codes = [_code(cause) for cause in _causes(error)]
    return any(code[:2] in REFUSING_CLASSES or code == READ_ONLY for code in codes)


def root_of(error: BaseException) -> str:
    """What the database or the network said at first, by its class (DiskFullError), not what wraps it."""
    *_, root = _causes(error)
    return type(root).__name__


def _passes(error: BaseException) -> bool:
    if isinstance(error, PoolTimeout | ConnectionError | TimeoutError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, asyncpg.InterfaceError) and "closed" in str(error):
        return True  # what asyncpg says of a connection that was lost before this statement: it has no code
    code = _code(error)
    return code[:2] in TRANSIENT_CLASSES or code in (LOCK_NOT_AVAILABLE, READ_ONLY)


def _code(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(5):
        if seen is None:
            return
        yield seen
        seen = seen.orig if isinstance(seen, DBAPIError) and seen.orig else seen.__cause__
