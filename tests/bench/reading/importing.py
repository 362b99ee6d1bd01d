"""The importer's own reading: a bulk in its queue, until all is committed, until all is published."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
from bench.reading.world import ReadWorld
from support.waiting import eventually

from truestock.chassis.transaction import Database
from truestock.contracts.events import BatchKind
from truestock.contracts.values import Marketplace
from truestock.importer.domain.batch import Batch, BatchState, Phase
from truestock.importer.domain.connection import Connection, ConnectionState
from truestock.importer.store import Store
from truestock.local.errors import StackError
from truestock.marketplaces import registry

_ENDED = "SELECT phase = 'closed' OR state = 'failed' FROM batch WHERE batch_id = $1"
_LONGEST_S = 600.0


@dataclass(frozen=True, slots=True)
class Imported:
    """One bulk. ``seconds`` until its last page was committed, ``published_s`` until its outbox was empty."""

    listings: int
    seconds: float
    published_s: float


class Importing:
    """Puts bulks into the importer's queue as the start of a batch does, and watches the database."""

    def __init__(self, world: ReadWorld, store: Store, watch: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._world, self._store, self._watch = world, store, watch

    @classmethod
    @asynccontextmanager
    async def open(cls, world: ReadWorld) -> AsyncIterator["Importing"]:
        """Connected to the importer's database."""
        database = Database(world.database.app, application_name="bench", pool_size=1)
        watch = await asyncpg.connect(world.superuser_url)
        try:
            yield cls(world, Store(database), watch)
        finally:
            await watch.close()
            await database.close()

    async def __call__(self) -> Imported:
        """A bulk of a new connection: every listing is new."""
        started = time.perf_counter()
        batch_id = await self._queue()
        await self._until(_ENDED, batch_id)
        read = time.perf_counter() - started
        await self._until("SELECT NOT EXISTS (SELECT FROM outbox)")
        published = time.perf_counter() - started
        row = await self._watch.fetchrow("SELECT state, reason FROM batch WHERE batch_id = $1", batch_id)
        if row is None or row["state"] != BatchState.PROCESSING.value:
            raise StackError(f"The bulk is {row and tuple(row)}", f"Look at {self._world.importer.log}")
        listings = await self._watch.fetchval(
            "SELECT count(*) FROM batch_row WHERE batch_id = $1 AND sequence = 1", batch_id
        )
        return Imported(int(listings), read, published)

    async def _until(self, query: str, *values: UUID) -> None:
        async def look() -> bool:
            if not self._world.importer.running():
                raise StackError("The importer ended by itself", f"Look at {self._world.importer.log}")
            return bool(await self._watch.fetchval(query, *values))

        await eventually(look, _LONGEST_S, message="the bulk does not end")

    async def _queue(self) -> UUID:
        batch = _bulk(self._world.shop.account_id)
        async with self._store.begin([batch.workspace_id]) as tx:
            await tx.connections.save(_connection(batch))
            await tx.batches.add(batch)
            await tx.work.enqueue(batch)
        return batch.batch_id


def _bulk(account_id: str) -> Batch:
    return Batch(
        batch_id=uuid4(),
        workspace_id=uuid4(),
        connection_id=uuid4(),
        marketplace=Marketplace.ETSY,
        account_id=account_id,
        kind=BatchKind.BULK,
        number=1,
        state=BatchState.QUEUED,
        phase=Phase.LIST,
        size=0,
        seed=1,
        exclude=(),
        mapping_version=registry.get("etsy").mapping_version,
        created_at=datetime.now(UTC),
        created_by="bench",
    )


def _connection(batch: Batch) -> Connection:
    return Connection(
        connection_id=batch.connection_id,
        workspace_id=batch.workspace_id,
        marketplace=batch.marketplace,
        account_id=batch.account_id,
        account_name=batch.account_id,
        state=ConnectionState.ACTIVE,
        version=1,
    )
