"""Find what a command is about, or refuse."""

from uuid import UUID

from truestock.connector.domain.attempts import Attempt
from truestock.connector.domain.connections import Connection
from truestock.connector.usecases.ports import Unit
from truestock.contracts.problem import not_found, stale


async def attempt_at(tx: Unit, attempt_id: UUID, revision: int | None = None) -> Attempt:
    """The attempt, locked; a Refusal when it is unknown or no longer at ``revision``."""
    attempt = await tx.attempt(attempt_id, lock=True)
    if attempt is None:
        raise not_found("attempt", attempt_id)
    if revision is not None and attempt.revision != revision:
        raise stale("attempt", revision, attempt.revision)
    return attempt


async def connection_at(tx: Unit, connection_id: UUID, revision: int | None = None) -> Connection:
    """The connection, locked; a Refusal when it is unknown or no longer at ``revision``."""
    connection = await tx.connection(connection_id, lock=True)
    if connection is None:
        raise not_found("connection", connection_id)
    if revision is not None and connection.revision != revision:
        raise stale("connection", revision, connection.revision)
    return connection
