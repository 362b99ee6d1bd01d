"""An operator's commands on a whole batch."""

from uuid import UUID

from truestock.contracts.events import BatchDecision
from truestock.importer.domain import transitions
from truestock.importer.domain.actor import Actor
from truestock.importer.domain.approval import check_approvable
from truestock.importer.domain.batch import Batch
from truestock.importer.usecases import announce
from truestock.importer.usecases.locking import lock_seen
from truestock.importer.usecases.ports import Begin, Clock, Nudge, Tx
from truestock.importer.usecases.settle import settle_locked


class DecideBatch:
    """Each command carries the revision that the operator saw, and is audited."""

    def __init__(self, begin: Begin, now: Clock, nudge: Nudge) -> None:
        self._begin, self._now, self._nudge = begin, now, nudge

    async def approve(self, actor: Actor, batch_id: UUID, seen: int, reason: str | None) -> None:
        """Open the gate with this sample; raises Refusal with everything that it waits for."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            at = self._now()
            approved = transitions.approve(batch, actor.name, at, reason)
            check_approvable(batch, await tx.rows.all(batch_id))
            approved = announce.decided(tx, approved, BatchDecision.APPROVED, actor.name, at)
            await self._save(
                tx, actor, "batch.approve", batch, await announce.closed(tx, approved, at), reason
            )

    async def reject(self, actor: Actor, batch_id: UUID, seen: int, reason: str | None) -> None:
        """Close the gate with this sample."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            at = self._now()
            rejected = transitions.reject(batch, actor.name, at, reason)
            rejected = announce.decided(tx, rejected, BatchDecision.REJECTED, actor.name, at)
            await self._save(
                tx, actor, "batch.reject", batch, await announce.closed(tx, rejected, at), reason
            )

    async def cancel(self, actor: Actor, batch_id: UUID, seen: int, reason: str | None) -> None:
        """Read no further; the batch ends when what was sent on is answered."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            cancelling = transitions.cancel(batch, reason)
            await tx.work.enqueue(cancelling)  # a sweep settles it even if nobody else looks
            settled = await settle_locked(tx, cancelling, self._now)
            await self._save(tx, actor, "batch.cancel", batch, settled, reason)

    async def pause(self, actor: Actor, batch_id: UUID, seen: int, reason: str | None) -> None:
        """Stop after the page under way."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            paused = transitions.pause(batch, reason)
            await tx.work.dequeue(batch_id)
            await self._save(tx, actor, "batch.pause", batch, paused, reason)

    async def resume(self, actor: Actor, batch_id: UUID, seen: int, reason: str | None) -> None:
        """Go on where it was paused."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            resumed = transitions.resume(batch)
            await tx.work.enqueue(resumed)
            await self._save(tx, actor, "batch.resume", batch, resumed, reason)
        self._nudge()

    async def _save(
        self, tx: Tx, actor: Actor, action: str, before: Batch, after: Batch, reason: str | None
    ) -> None:
        await tx.batches.save(after)
        await tx.audit(
            actor,
            action,
            before.batch_id,
            {"state": before.state.value},
            {"state": after.state.value},
            reason,
        )
