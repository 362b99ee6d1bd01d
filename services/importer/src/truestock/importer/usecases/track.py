"""Follow listings through the pipeline: outcomes, verdicts, dead letters. Set-based."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from truestock.chassis.delivery import Delivery
from truestock.contracts.events import InventorySeeded, SyncValidated
from truestock.importer.usecases.ports import Begin, Clock, Queue
from truestock.importer.usecases.settle import Settle
from truestock.importer.usecases.values import ClosedLetter

log = logging.getLogger(__name__)


class TrackOutcomes:
    """Note what inventory did with each listing."""

    consumer = "importer.track-outcomes"

    def __init__(self, begin: Begin, settle: Settle, now: Clock) -> None:
        self._begin, self._settle, self._now = begin, settle, now

    async def __call__(self, deliveries: Sequence[Delivery[InventorySeeded]]) -> None:
        """One transaction for all rows, then the batches that may be done."""
        workspaces = {delivery.event.workspace_id for delivery in deliveries}
        async with self._begin(workspaces) as tx:
            fresh = await tx.first_sight(self.consumer, deliveries)
            closed = await tx.rows.record_outcomes([delivery.event for delivery in fresh], self._now())
        await self._settle(workspaces, closed)


class TrackVerdicts:
    """Note the verdict on each listing; the newest one counts, also after the batch has ended."""

    consumer = "importer.track-verdicts"

    def __init__(self, begin: Begin, settle: Settle, now: Clock) -> None:
        self._begin, self._settle, self._now = begin, settle, now

    async def __call__(self, deliveries: Sequence[Delivery[SyncValidated]]) -> None:
        """One transaction for all rows, then the batches that may be done."""
        workspaces = {delivery.event.workspace_id for delivery in deliveries}
        async with self._begin(workspaces) as tx:
            fresh = await tx.first_sight(self.consumer, deliveries)
            closed = await tx.rows.record_verdicts([delivery.event for delivery in fresh], self._now())
        await self._settle(workspaces, closed)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter of the pipeline as it lies in its topic; key and value may be anything."""

    group: str
    key: bytes
    value: bytes | None
    reason: str


class TrackDeadLetters:
    """Close the rows of dead-lettered listings, so that their batch still ends.

    Needs no inbox: closing an open row twice is closing it once, and a later answer wins anyway.
    """

    consumer = "importer.track-dead-letters"

    def __init__(self, begin: Begin, queue: Queue, settle: Settle, now: Clock) -> None:
        self._begin, self._queue, self._settle, self._now = begin, queue, settle, now

    async def __call__(self, letters: Sequence[DeadLetter]) -> None:
        """Whose connection it is comes from our own table, never from the letter."""
        understood = [closed for letter in letters if (closed := understand(letter)) is not None]
        workspaces = set(
            (await self._queue.workspaces_of(closed.connection_id for closed in understood)).values()
        )
        if not workspaces:
            return
        async with self._begin(workspaces) as tx:
            closed_batches = await tx.rows.dead_letter(understood, self._now())
        await self._settle(workspaces, closed_batches)


def understand(letter: DeadLetter) -> ClosedLetter | None:
    """Which row a dead letter is about: by its key, and by the batch that its value names, if legible."""
    connection, _, listing_id = letter.key.decode("utf-8", "replace").partition(":")
    connection_id = _uuid(connection)
    if connection_id is None or not listing_id:
        log.warning("a dead letter of %s has a key that names no listing", letter.group)
        return None
    try:
        value = orjson.loads(letter.value or b"null")
    except orjson.JSONDecodeError:
        value = None
    batch_id = _uuid(value.get("batch_id")) if isinstance(value, dict) else None
    return ClosedLetter(connection_id, listing_id, batch_id, f"{letter.group}: {letter.reason}"[:1000])


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
