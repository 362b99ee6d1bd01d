"""The importer's transaction: the chassis' one with this service's tables on it."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

from truestock.chassis import audit
from truestock.chassis.auth.principal import Principal
from truestock.chassis.delivery import Delivery
from truestock.chassis.transaction import Database, Transaction
from truestock.contracts.events import Event
from truestock.importer.domain.actor import Actor
from truestock.importer.store.batches import BatchTable
from truestock.importer.store.connections import ConnectionTable
from truestock.importer.store.facts import FactTable
from truestock.importer.store.listings import ListingTable
from truestock.importer.store.payloads import PayloadTable
from truestock.importer.store.rows import RowTable
from truestock.importer.store.work import WorkTable

E = TypeVar("E", bound=Event)


class ImporterTransaction:
    """See :class:`truestock.importer.usecases.ports.Tx`."""

    def __init__(self, inner: Transaction) -> None:
        self._inner = inner
        self.connections = ConnectionTable(inner.connection)
        self.batches = BatchTable(inner.connection)
        self.rows = RowTable(inner.connection)
        self.listings = ListingTable(inner.connection)
        self.facts = FactTable(inner.connection)
        self.payloads = PayloadTable(inner.connection)
        self.work = WorkTable(inner.connection)

    async def first_sight(self, consumer: str, deliveries: Sequence[Delivery[E]]) -> list[Delivery[E]]:
        """As the chassis' transaction."""
        return await self._inner.first_sight(consumer, deliveries)

    def emit(self, event: Event, *, caused_by: Delivery[Any] | None = None) -> UUID:
        """As the chassis' transaction."""
        return self._inner.emit(event, caused_by=caused_by)

    async def audit(
        self, actor: Actor, action: str, subject: UUID, before: Any, after: Any, reason: str | None
    ) -> None:
        """Record an operator's command."""
        principal = Principal(actor.subject, actor.name, frozenset(), actor.workspace_id)
        await audit.record(
            self._inner, principal, action, str(subject), before=before, after=after, reason=reason
        )


class Store:
    """Opens transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def begin(self, workspaces: Iterable[UUID]) -> AsyncIterator[ImporterTransaction]:
        """A transaction that sees exactly ``workspaces``."""
        async with self._database.begin(workspaces) as inner:
            yield ImporterTransaction(inner)
