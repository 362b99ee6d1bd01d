"""Commit what a worker read, as long as it still is the batch's worker and the batch wants to be read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from truestock.importer.domain import transitions
from truestock.importer.domain.batch import Batch, BatchState
from truestock.importer.usecases import announce
from truestock.importer.usecases.ports import Begin, Clock, Tx
from truestock.importer.usecases.settle import settle_locked
from truestock.importer.usecases.values import WorkItem


class Stopped(Exception):
    """The batch is not to be read (any further) by this worker: paused, ended, or another worker's now."""


class Committing:
    """Opens the transactions of one claimed batch."""

    def __init__(self, begin: Begin, item: WorkItem, now: Clock) -> None:
        self._begin, self._item, self.now = begin, item, now

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[tuple[Tx, Batch]]:
        """The batch, locked, in whatever state; raises Stopped if the claim is gone."""
        async with self._begin([self._item.workspace_id]) as tx:
            batch = await tx.batches.lock(self._item.batch_id)
            if batch is None or not await tx.work.holds(self._item):
                raise Stopped
            yield tx, batch

    @asynccontextmanager
    async def reading(self, expected: Batch) -> AsyncIterator[tuple[Tx, Batch]]:
        """The batch, locked, at the place where this worker thinks it is; raises Stopped otherwise."""
        async with self.holding() as (tx, batch):
            moved = (batch.phase, batch.cursor) != (expected.phase, expected.cursor)
            if batch.state is not BatchState.READING or moved:
                raise Stopped
            yield tx, batch

    async def close_reading(self, tx: Tx, batch: Batch) -> Batch:
        """Everything was read; a batch without open rows goes on at once. Saves the batch."""
        await tx.rows.mark_duplicates(batch)
        progress = (await tx.rows.progress([batch]))[batch.batch_id]
        processing = announce.read(tx, transitions.close_reading(batch), progress, self.now())
        settled = await settle_locked(tx, processing, self.now)
        await tx.batches.save(settled)
        return settled
