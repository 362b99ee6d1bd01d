"""The worker: claims queued batches by a fenced lease and keeps the lease while it reads."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from truestock.chassis.delivery import Transient
from truestock.importer.usecases.ports import Queue
from truestock.importer.usecases.reading.read_batch import Again
from truestock.importer.usecases.values import WorkItem

log = logging.getLogger(__name__)

AFTER_A_BUG_S = 5.0
A_BUG = 8
"""Counts as so many failures: repeating it helps less often than waiting for somebody to answer."""


class Worker:
    """Runs until it is cancelled; a batch that is interrupted is resumed by whoever claims it next."""

    def __init__(
        self,
        queue: Queue,
        read_batch: Callable[[WorkItem], Awaitable[Again]],
        *,
        owner: str,
        concurrency: int = 4,
        lease_s: float = 30.0,
        poll_s: float = 1.0,
    ) -> None:
        self._queue, self._read_batch, self._owner = queue, read_batch, owner
        self._concurrency, self._lease_s, self._poll_s = concurrency, lease_s, poll_s
        self._work_there = asyncio.Event()

    def nudge(self) -> None:
        """There may be something to do now."""
        self._work_there.set()

    async def __call__(self) -> None:
        """Read batches, up to ``concurrency`` at once; one look at the queue serves them all."""
        free = asyncio.Semaphore(self._concurrency)
        async with asyncio.TaskGroup() as group:
            while True:
                await free.acquire()
                item = await self._claim()
                if item is None:
                    free.release()
                    await self._wait()
                else:
                    group.create_task(self._work(item)).add_done_callback(lambda _: free.release())

    async def turn(self) -> bool:
        """Claim one batch and do what is to be done; False when there was none."""
        item = await self._claim()
        if item is not None:
            await self._work(item)
        return item is not None

    async def _claim(self) -> WorkItem | None:
        # Cleared before the look: work that arrives after it is not waited for.
        self._work_there.clear()
        try:
            return await self._queue.claim(self._owner, self._lease_s)
        except Transient as error:
            log.warning("the work queue cannot be read: %s", error)
            return None

    async def _work(self, item: WorkItem) -> None:
        # what the database does, or a stop of the process, is no failure of the batch
        again = Again(AFTER_A_BUG_S, item.attempts)
        try:
            again = await self._with_lease(item)
        except Transient as error:
            log.warning("batch %s: %s", item.batch_id, error)
        except Exception:
            # One batch that hits a bug must not stop the others; after some attempts it fails, visibly.
            again = Again(AFTER_A_BUG_S, item.attempts + A_BUG)
            log.exception("batch %s could not be read", item.batch_id)
        finally:
            await self._release(item, again)

    async def _release(self, item: WorkItem, again: Again) -> None:
        try:
            await asyncio.shield(self._queue.release(item, again.delay_s, attempts=again.attempts))
        except Transient as error:
            log.warning("batch %s stays claimed until its lease ends: %s", item.batch_id, error)

    async def _with_lease(self, item: WorkItem) -> Again:
        reading = asyncio.create_task(self._run(item))
        keeping = asyncio.create_task(self._keep(item))
        try:
            await asyncio.wait({reading, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            log.warning("batch %s: the lease was lost", item.batch_id)
            return Again(0.0)
        finally:
            for task in (reading, keeping):
                task.cancel()
            await asyncio.gather(reading, keeping, return_exceptions=True)

    async def _run(self, item: WorkItem) -> Again:
        return await self._read_batch(item)

    async def _keep(self, item: WorkItem) -> None:
        """Ends when the lease is lost."""
        while True:
            await asyncio.sleep(self._lease_s / 3)
            try:
                if not await self._queue.renew(item, self._lease_s):
                    return
            except Transient as error:
                log.warning("batch %s: the lease could not be renewed: %s", item.batch_id, error)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._work_there.wait(), self._poll_s)
        except TimeoutError:
            return
