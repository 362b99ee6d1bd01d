"""What passes by itself, and by which name it is told."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from truestock.chassis.delivery import DatabaseRefusal, Transient
from truestock.chassis.engine import root_of
from truestock.chassis.transaction import transient_errors


def wrapped(cause: Exception) -> DBAPIError:
    """As SQLAlchemy raises what its driver said."""
    adapted = RuntimeError("adapted")
    adapted.__cause__ = cause
    return DBAPIError("SELECT 1", {}, adapted)


def test_an_error_is_told_by_what_the_database_said_and_not_by_its_wrapping() -> None:
    assert root_of(wrapped(asyncpg.DiskFullError("no space left"))) == "DiskFullError"
    assert root_of(asyncpg.DeadlockDetectedError("deadlock")) == "DeadlockDetectedError"


def test_what_passes_by_itself_names_its_cause() -> None:
    with pytest.raises(Transient, match=r"^database: DiskFullError$"), transient_errors():
        raise wrapped(asyncpg.DiskFullError("no space left"))


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DiskFullError("no space left"),
        asyncpg.TooManyConnectionsError("too many"),
        asyncpg.ReadOnlySQLTransactionError("a standby"),
        asyncpg.PostgresIOError("a disk fails"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_takes_no_work_from_anybody_is_told_apart(error: Exception) -> None:
    with pytest.raises(DatabaseRefusal), transient_errors():
        raise wrapped(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.LockNotAvailableError("somebody else's"),
        asyncpg.QueryCanceledError("too long"),
        ConnectionResetError("gone"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_one_transaction_ran_into_is_no_refusal_of_all(error: Exception) -> None:
    with pytest.raises(Transient) as caught, transient_errors():
        raise wrapped(error)
    assert not isinstance(caught.value, DatabaseRefusal)
