"""The work queue as the application's role sees it: put in, take out, check one's fence."""

from uuid import UUID

from sqlalchemy import text

from truestock.importer.domain.batch import Batch
from truestock.importer.store.table import Table
from truestock.importer.usecases.values import WorkItem

ENQUEUE = text(
    """
    INSERT INTO work (batch_id, workspace_id) VALUES (:batch_id, :workspace_id)
    ON CONFLICT (batch_id) DO UPDATE
    SET wake_at = now(), written_at = now(), attempts = 0, fence = 0, leased_until = NULL
    """
)
DEQUEUE = text("DELETE FROM work WHERE batch_id = :batch_id")
# FOR SHARE: a claim by another worker waits until the page that is being committed is committed.
HOLDS = text("SELECT 1 FROM work WHERE batch_id = :batch_id AND fence = :fence FOR SHARE")


class WorkTable(Table):
    """See the port of the same purpose."""

    async def enqueue(self, batch: Batch) -> None:
        """Let a worker take the batch up now; one that holds it stops at its next commit."""
        await self._run(ENQUEUE, batch_id=batch.batch_id, workspace_id=batch.workspace_id)

    async def dequeue(self, batch_id: UUID) -> None:
        """Nothing is left for a worker to do; a running one finds its fence gone."""
        await self._run(DEQUEUE, batch_id=batch_id)

    async def holds(self, item: WorkItem) -> bool:
        """Whether the claim is still the current one."""
        return await self._row(HOLDS, batch_id=item.batch_id, fence=item.fence) is not None
