"""What a worker does with a claimed batch, and when it is to be taken up again."""

import logging
from dataclasses import dataclass, replace

from truestock.importer.domain import transitions
from truestock.importer.domain.batch import Batch, BatchState, Phase
from truestock.importer.domain.connection import ConnectionState
from truestock.importer.usecases import announce, tracing
from truestock.importer.usecases.catalogue import (
    AccessDead,
    AccessGone,
    Catalogue,
    Interrupted,
    OpenCatalogue,
    Throttled,
    Unavailable,
    Unreadable,
)
from truestock.importer.usecases.ports import Begin, CheckPhotos, Clock, Tx
from truestock.importer.usecases.reading.committing import Committing, Stopped
from truestock.importer.usecases.reading.read_bulk import read_bulk
from truestock.importer.usecases.reading.read_sample import import_picked, scan
from truestock.importer.usecases.settle import settle_locked
from truestock.importer.usecases.values import WorkItem

log = logging.getLogger(__name__)

SWEEP_S = 2.0
"""A drained batch is settled by the consumer that closes its last row; this look is for what a crash left."""
WAITING_LOOK_S = 30.0
"""A batch that waits for reauthorization looks at its connection's copy this often, at nothing remote."""
MOST_FAILURES = 64
"""In a row, without getting on: about an hour of a marketplace that does not answer."""
LONGEST_BACKOFF_S = 60.0
AFTER_AN_INTERRUPTION_S = 2.0


@dataclass(frozen=True, slots=True)
class Again:
    """Take the batch up again after ``delay_s``; ``attempts`` counts failures in a row."""

    delay_s: float
    attempts: int = 0


class ReadBatch:
    """Resumes after the last committed page; never reads with a lost claim."""

    def __init__(
        self, begin: Begin, open_catalogue: OpenCatalogue, check_photos: CheckPhotos, now: Clock
    ) -> None:
        self._begin, self._open, self._check_photos, self._now = begin, open_catalogue, check_photos, now

    async def __call__(self, item: WorkItem) -> Again:
        """One turn; what it answers only matters while the batch is still in the queue."""
        committing = Committing(self._begin, item, self._now)
        try:
            batch = await self._take_up(committing)
            if batch is None:
                return Again(SWEEP_S)
            if batch.state is BatchState.WAITING:
                return Again(WAITING_LOOK_S)
            with tracing.in_batch(batch, "read batch"):
                return await self._read(batch, item, committing)
        except Stopped:
            return Again(SWEEP_S)

    async def _take_up(self, committing: Committing) -> Batch | None:
        """The batch if it is to be read now or waits; None when only settling was to be done."""
        async with committing.holding() as (tx, batch):
            if batch.state is BatchState.WAITING:
                connection = await tx.connections.get(batch.connection_id)
                if connection is None or connection.state is not ConnectionState.ACTIVE:
                    return batch
                batch = transitions.access_restored(batch)
            batch = transitions.start_reading(batch)
            if batch.state is BatchState.READING:
                await tx.batches.save(batch)
                return batch
            settled = await settle_locked(tx, batch, self._now)
            if settled is not batch:
                await tx.batches.save(settled)
            if settled.final or settled.state in (BatchState.PAUSED, BatchState.AWAITING_REVIEW):
                await tx.work.dequeue(batch.batch_id)
            return None

    async def _read(self, batch: Batch, item: WorkItem, committing: Committing) -> Again:
        try:
            if item.attempts >= MOST_FAILURES:
                raise Unreadable("internal_error", "reading failed again and again; the log says why")
            catalogue = await self._open(batch)
            batch = await self._bind(batch, catalogue, committing)
            if batch.phase is Phase.SCAN:
                batch = await scan(batch, catalogue, committing)
            if batch.phase is Phase.PICKED:
                await import_picked(batch, catalogue, committing, self._check_photos)
            elif batch.phase is Phase.LIST:
                await read_bulk(batch, catalogue, committing)
        except AccessDead as problem:
            async with committing.holding() as (tx, batch):
                await tx.batches.save(transitions.wait_for_reauthorization(batch, str(problem)))
            return Again(WAITING_LOOK_S)
        except AccessGone as problem:
            await self._fail(committing, f"disconnected: {problem}")
        except Unreadable as problem:
            await self._fail(committing, f"{problem.code}: {problem}")
        except Throttled as problem:
            log.info("batch %s waits until %s", batch.batch_id, problem.until.isoformat())
            return Again(max(0.0, (problem.until - self._now()).total_seconds()))
        except Interrupted as problem:
            log.warning("batch %s: %s", batch.batch_id, problem)
            return Again(AFTER_AN_INTERRUPTION_S, item.attempts)
        except Unavailable as problem:
            return await self._later(problem, batch, item, committing)
        return Again(SWEEP_S)

    async def _bind(self, batch: Batch, catalogue: Catalogue, committing: Committing) -> Batch:
        """Read with this release's mapping and the account's settings of now; never another account."""
        if catalogue.account_id != batch.account_id:
            raise Unreadable("other_account", "the connection belongs to another account now")
        async with committing.reading(batch) as (tx, locked):
            bound = replace(locked, mapping_version=catalogue.mapping_version)
            await tx.batches.save(bound)
            await tx.batches.set_settings(batch.batch_id, catalogue.settings)
            return bound

    async def _later(
        self, problem: Unavailable, batch: Batch, item: WorkItem, committing: Committing
    ) -> Again:
        async with committing.holding() as (_, locked):
            got_on = (locked.phase, locked.cursor) != (batch.phase, batch.cursor)
        attempts = 1 if got_on else item.attempts + 1
        if attempts >= MOST_FAILURES:
            await self._fail(committing, f"marketplace_unavailable: {problem}")
            return Again(SWEEP_S)
        log.warning("batch %s: %s (%d in a row)", batch.batch_id, problem, attempts)
        return Again(min(LONGEST_BACKOFF_S, 0.5 * 2**attempts), attempts)

    async def _fail(self, committing: Committing, reason: str) -> None:
        async with committing.holding() as (tx, batch):
            await fail_batch(tx, batch, reason, self._now)


async def fail_batch(tx: Tx, batch: Batch, reason: str, now: Clock) -> None:
    """End a locked batch with its reason."""
    at = now()
    failed = transitions.fail(batch, reason, at)
    if failed is not batch:
        await tx.batches.save(await announce.closed(tx, failed, at))
    await tx.work.dequeue(batch.batch_id)
