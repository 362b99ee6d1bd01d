"""Undo a batch: inventory takes back what it seeded, the importer forgets what it sent."""

from uuid import UUID

from truestock.contracts.events import BatchDecision
from truestock.contracts.problem import not_found, stale
from truestock.importer.domain import transitions
from truestock.importer.domain.actor import Actor
from truestock.importer.domain.batch import Batch
from truestock.importer.usecases import announce
from truestock.importer.usecases.locking import lock_seen
from truestock.importer.usecases.ports import Begin, Clock, Undoing
from truestock.importer.usecases.values import UndoResult


class UndoBatch:
    """Preview changes nothing; performing is repeatable: inventory's part is idempotent."""

    def __init__(self, begin: Begin, inventory: Undoing, now: Clock) -> None:
        self._begin, self._inventory, self._now = begin, inventory, now

    async def preview(self, workspace_id: UUID, batch_id: UUID) -> tuple[Batch, UndoResult]:
        """What would be archived and what only unlinked."""
        batch = await self._get(workspace_id, batch_id)
        return batch, await self._inventory.preview(workspace_id, batch.connection_id, batch_id)

    async def __call__(self, actor: Actor, batch_id: UUID, seen: int, reason: str) -> UndoResult:
        """Undo; a crash between inventory's part and ours is healed by repeating the command."""
        batch = await self._get(actor.workspace_id, batch_id)
        if batch.revision != seen:
            raise stale("batch", seen, batch.revision)
        transitions.undo(batch, actor.name, self._now())  # refuse before anything happens elsewhere
        result = await self._inventory.perform(
            actor.workspace_id, batch.connection_id, batch_id, actor.name, reason
        )
        async with self._begin([actor.workspace_id]) as tx:
            at = self._now()
            undone = transitions.undo(await lock_seen(tx, batch_id, seen), actor.name, at)
            gate_hangs_on = await tx.batches.newest_decided_sample(batch.connection_id)
            if gate_hangs_on is not None and gate_hangs_on.batch_id == batch_id:
                undone = announce.decided(tx, undone, BatchDecision.UNDONE, actor.name, at)
            await tx.batches.save(undone)
            await tx.listings.forget(batch.connection_id, batch_id)
            change = {"archived": list(result.archive), "unlinked": list(result.unlink)}
            await tx.audit(actor, "batch.undo", batch_id, {"state": batch.state.value}, change, reason)
        return result

    async def _get(self, workspace_id: UUID, batch_id: UUID) -> Batch:
        async with self._begin([workspace_id]) as tx:
            batch = await tx.batches.get(batch_id)
        if batch is None:
            raise not_found("batch", batch_id)
        return batch
