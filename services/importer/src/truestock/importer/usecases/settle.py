"""End batches of which nothing is open any more."""

from collections.abc import Iterable
from uuid import UUID

from truestock.importer.domain import transitions
from truestock.importer.domain.batch import Batch
from truestock.importer.usecases import announce
from truestock.importer.usecases.ports import Begin, Clock, Tx


async def settle_locked(tx: Tx, batch: Batch, now: Clock) -> Batch:
    """Move a locked batch on if it is drained; the caller saves it."""
    at = now()
    settled = transitions.settle(batch, await tx.rows.tally(batch.batch_id), at)
    if settled is batch:
        return batch
    await tx.work.dequeue(batch.batch_id)
    return await announce.closed(tx, settled, at) if settled.final else settled


class Settle:
    """Look at batches again after rows were closed.

    It runs in a transaction of its own, after the one that closed the rows: two consumers that close
    the last rows side by side would each still see the other's as open.
    """

    def __init__(self, begin: Begin, now: Clock) -> None:
        self._begin = begin
        self._now = now

    async def __call__(self, workspaces: Iterable[UUID], batch_ids: Iterable[UUID]) -> None:
        """Settle what is settled. Cheap for batches that still have open rows."""
        candidates = sorted(set(batch_ids))
        if not candidates:
            return
        async with self._begin(workspaces) as tx:
            for batch_id in await tx.batches.settleable(candidates):
                batch = await tx.batches.lock(batch_id)
                if batch is None:
                    continue
                settled = await settle_locked(tx, batch, self._now)
                if settled is not batch:
                    await tx.batches.save(settled)
