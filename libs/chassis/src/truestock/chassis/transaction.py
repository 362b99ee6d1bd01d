"""One transaction: state, inbox and outbox commit together or not at all."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis import inbox
from truestock.chassis.beginning import begun
from truestock.chassis.delivery import DatabaseRefusal, Permanent, Received, Transient
from truestock.chassis.engine import create_engine, is_transient, refuses_work, root_of
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.ids import id_of
from truestock.chassis.outbox import rows
from truestock.chassis.settings import ServiceSettings
from truestock.chassis.statements import Write, is_small, write
from truestock.chassis.telemetry.context import current_trace
from truestock.contracts.events import Event
from truestock.contracts.problem import Refusal

R = TypeVar("R", bound=Received)


class Transaction:
    """What a use case may do inside one database transaction. ``connection`` is Core/text only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._writes: list[Write] = []
        self._outgoing: list[rows.OutboxRow] = []
        self.emitted: set[str] = set()
        """The topics of which rows were written to the outbox so far."""

    async def first_sight(self, consumer: str, deliveries: Sequence[R]) -> list[R]:
        """The deliveries that ``consumer`` has not handled yet; from now on they are handled.

        Raises :class:`~truestock.chassis.delivery.Permanent` for an id that returns with other content.
        """
        return await inbox.first_sight(self.connection, consumer, deliveries)

    def emit(self, event: Event, *, caused_by: Received | None = None) -> UUID:
        """Publish ``event`` if this transaction commits; returns its ``ce_id``.

        An event that follows from a delivery continues its trace and, unless it says otherwise, names
        it as its cause.
        """
        if caused_by is not None and event.causation_id is None:
            event = event.model_copy(update={"causation_id": _cause(caused_by)})
        traceparent, tracestate = _trace(caused_by)
        row = rows.from_event(event, datetime.now(UTC), traceparent=traceparent, tracestate=tracestate)
        self._outgoing.append(row)
        return row.id

    def emit_tombstone(
        self, topic: str, key: str, *, workspace_id: UUID, caused_by: Received | None = None
    ) -> UUID:
        """Remove ``key`` from a compacted topic if this transaction commits; returns the ``ce_id``."""
        traceparent, tracestate = _trace(caused_by)
        row = rows.tombstone(
            topic, key, workspace_id, datetime.now(UTC), traceparent=traceparent, tracestate=tracestate
        )
        self._outgoing.append(row)
        return row.id

    async def write_last(self, writes: Sequence[Write]) -> None:
        """Write these rows, where they are few at the end, in one statement with the outbox's.

        Whoever reads them in this transaction calls :meth:`flush` before; a second call does, for two parts
        of one statement must not meet in a row. What :func:`~truestock.chassis.statements.write` raises
        comes from there or from the end.
        """
        if self._writes:
            await self.flush()
        if is_small(writes):
            self._writes = [*writes]
        else:
            await write(self.connection, writes)

    async def flush(self) -> None:
        """Write what is left to write, and the outbox rows; called before the commit."""
        writes = [*self._writes, *rows.writes(self._outgoing)]
        if writes:
            await write(self.connection, writes)
            self.emitted.update(row.topic for row in self._outgoing)
            self._writes, self._outgoing = [], []


def _cause(delivery: Received) -> UUID | None:
    try:
        return id_of(delivery.envelope.id)
    except ValueError:  # another producer's ids need not be UUIDs
        return None


def _trace(caused_by: Received | None) -> tuple[str | None, str | None]:
    if caused_by is not None and caused_by.traceparent is not None:
        return caused_by.traceparent, caused_by.tracestate
    return current_trace()


class Database:
    """The two engines of a service: the application's role and, where given, the system's."""

    def __init__(
        self,
        url: str,
        *,
        application_name: str,
        system_url: str | None = None,
        pool_size: int = 10,
        failpoints: Failpoints | None = None,
    ) -> None:
        self.failpoints = failpoints or Failpoints()
        self.application_name = application_name
        self.system_url = system_url
        self.engine = create_engine(
            url, application_name=application_name, pool_size=pool_size, own_transactions=True
        )
        self._system = (
            create_engine(system_url, application_name=f"{application_name} system", pool_size=pool_size)
            if system_url
            else None
        )
        self._wake_ups: list[Callable[[Collection[str]], None]] = []

    @classmethod
    def from_settings(cls, settings: ServiceSettings) -> "Database":
        """The database of a service."""
        return cls(
            settings.database_url.get_secret_value(),
            application_name=f"truestock-{settings.service}",
            system_url=settings.system_database_url.get_secret_value(),
            pool_size=settings.database_pool_size,
            failpoints=Failpoints(settings.failpoint),
        )

    def on_emitted(self, wake_up: Callable[[Collection[str]], None]) -> None:
        """Call ``wake_up`` with the rows' topics after each commit that wrote outbox rows."""
        self._wake_ups.append(wake_up)

    @asynccontextmanager
    async def begin(self, workspaces: Iterable[UUID]) -> AsyncIterator[Transaction]:
        """A transaction that sees exactly ``workspaces``; commits on leaving, rolls back on an error.

        Raises :class:`~truestock.chassis.delivery.Transient` for what passes by itself: a lost
        connection, a deadlock, a serialization failure, a time-out.
        """
        with transient_errors():
            async with begun(self.engine, workspaces) as connection:
                transaction = Transaction(connection)
                yield transaction
                await transaction.flush()
                self.failpoints.reach_in_scope("before-commit")
        self.failpoints.reach_in_scope("after-commit")
        if transaction.emitted:
            for wake_up in self._wake_ups:
                wake_up(transaction.emitted)

    @asynccontextmanager
    async def begin_system(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of the system role: across workspaces, on its own narrow tables only."""
        if self._system is None:
            raise RuntimeError("this database was opened without a system role")
        with transient_errors():
            async with self._system.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
        if self._system is not None:
            await self._system.dispose()


@contextmanager
def transient_errors() -> Iterator[None]:
    """Turn a database error that passes by itself into :class:`Transient`, or :class:`DatabaseRefusal`."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, Transient | Permanent | Refusal) and is_transient(error):
            if refuses_work(error):
                raise DatabaseRefusal(root_of(error)) from error
            raise Transient(f"database: {root_of(error)}") from error
        raise
