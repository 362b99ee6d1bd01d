"""Keep the copies of connections, and let batches wait, go on or fail with their connection."""

from collections.abc import Callable, Sequence
from datetime import datetime

from truestock.chassis.delivery import Delivery
from truestock.contracts.events import (
    BatchDecision,
    ConnectionConfirmed,
    ConnectionDisconnected,
    ConnectionEvent,
    ConnectionReauthorizationRequired,
    ConnectionRestored,
)
from truestock.importer.domain import transitions
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.connection import Connection, ConnectionState
from truestock.importer.usecases import announce
from truestock.importer.usecases.ports import Begin, Clock, Nudge, Tx

WITHDRAWN = "disconnect with withdraw"


class FollowConnections:
    """Consumes the connector's events."""

    consumer = "importer.follow-connections"

    def __init__(self, begin: Begin, now: Clock, nudge: Nudge) -> None:
        self._begin, self._now, self._nudge = begin, now, nudge

    async def __call__(self, deliveries: Sequence[Delivery[ConnectionEvent]]) -> None:
        """In order; an event older than the copy changes nothing."""
        async with self._begin({delivery.event.workspace_id for delivery in deliveries}) as tx:
            for delivery in await tx.first_sight(self.consumer, deliveries):
                if await tx.connections.save(copy_of(delivery.event, delivery.traceparent)):
                    await self._react(tx, delivery.event)
        self._nudge()

    async def _react(self, tx: Tx, event: ConnectionEvent) -> None:
        at = self._now()
        if isinstance(event, ConnectionReauthorizationRequired):
            reason = event.reason
            await _move(tx, event, lambda batch: transitions.wait_for_reauthorization(batch, reason))
        elif isinstance(event, ConnectionDisconnected):
            await self._disconnected(tx, event, at)
        else:
            restored = await _move(tx, event, transitions.access_restored)
            if restored is not None:
                await tx.work.enqueue(restored)

    async def _disconnected(self, tx: Tx, event: ConnectionDisconnected, at: datetime) -> None:
        because = f"disconnected: {event.reason}"
        failed = await _move(tx, event, lambda batch: transitions.fail(batch, because, at))
        if failed is not None:
            await tx.work.dequeue(failed.batch_id)
            await tx.batches.save(await announce.closed(tx, failed, at))
        if not event.withdraw:
            return
        await tx.listings.forget(event.connection_id, None)
        for batch in await tx.batches.of_connection(event.connection_id):
            if batch.undone_at is None:
                undone = transitions.undo(batch, WITHDRAWN, at)
                if undone.decided_at is not None:
                    undone = announce.decided(tx, undone, BatchDecision.UNDONE, WITHDRAWN, at)
                await tx.batches.save(undone)


async def _move(tx: Tx, event: ConnectionEvent, to: Callable[[Batch], Batch]) -> Batch | None:
    """Move the connection's unfinished batch, if there is one and it moves; returns it then."""
    batch = await tx.batches.unfinished(event.connection_id)
    if batch is None:
        return None
    moved = to(batch)
    if moved is batch:
        return None
    await tx.batches.save(moved)
    return moved


def copy_of(event: ConnectionEvent, traceparent: str | None) -> Connection:
    """The copy that an event describes."""
    state, reason = ConnectionState.ACTIVE, None
    if isinstance(event, ConnectionReauthorizationRequired):
        state, reason = ConnectionState.REAUTHORIZATION_REQUIRED, event.reason
    elif isinstance(event, ConnectionDisconnected):
        state, reason = ConnectionState.DISCONNECTED, event.reason
    confirmed = isinstance(event, ConnectionConfirmed)
    return Connection(
        connection_id=event.connection_id,
        workspace_id=event.workspace_id,
        marketplace=event.account.marketplace,
        account_id=event.account.id,
        account_name=event.account.name,
        state=state,
        version=event.version,
        currency=event.currency if isinstance(event, ConnectionConfirmed | ConnectionRestored) else None,
        reason=reason,
        traceparent=traceparent if confirmed else None,
    )
