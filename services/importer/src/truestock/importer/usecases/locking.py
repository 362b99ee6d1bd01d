"""Take hold of a batch that an operator saw at a revision."""

from uuid import UUID

from truestock.contracts.problem import not_found, stale
from truestock.importer.domain.batch import Batch
from truestock.importer.usecases.ports import Tx


async def lock_seen(tx: Tx, batch_id: UUID, seen: int) -> Batch:
    """The batch, locked; raises Refusal (404 unknown or foreign, 412 changed since)."""
    batch = await tx.batches.lock(batch_id)
    if batch is None:
        raise not_found("batch", batch_id)
    if batch.revision != seen:
        raise stale("batch", seen, batch.revision)
    return batch
