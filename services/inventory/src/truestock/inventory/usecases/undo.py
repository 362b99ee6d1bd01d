"""Undo a batch, or withdraw a connection: preview and perform are one computation."""

from typing import Any
from uuid import UUID

from truestock.chassis.delivery import Received
from truestock.inventory.domain.records import Decision
from truestock.inventory.domain.undoing import Undone, undo
from truestock.inventory.usecases.ports import Begin, Work
from truestock.inventory.usecases.publishing import publish

Result = dict[str, Any]


class UndoBatch:
    """What the importer calls when an operator undoes a batch. Performing it again changes nothing."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def preview(self, workspace_id: UUID, connection_id: UUID, batch_id: UUID) -> Result:
        """What an undo would do now; of an undone batch, what it did."""
        async with self._begin([workspace_id]) as work:
            done = await work.undone(batch_id, connection_id)
            entries = await work.journal(workspace_id, connection_id, batch_id)
            if done is not None and not entries:
                return done
            known = await work.for_undo(workspace_id, entries)
            policies = {workspace_id: known.policies_of(workspace_id)}
            what = undo(entries, known.listings, known.items, policies, "preview", "preview", work.mint)
            return as_result(what, performed=False)

    async def perform(
        self, workspace_id: UUID, connection_id: UUID, batch_id: UUID, by: str, reason: str
    ) -> Result:
        """Take the batch back; what was taken back before is part of the answer."""
        async with self._begin([workspace_id]) as work:
            before = await work.undone(batch_id, connection_id)
            result = await take_back(
                work, workspace_id, connection_id, batch_id, by=by, reason=reason, correlation_id=batch_id
            )
            for key in ("archive", "unlink", "restore", "listings") if before else ():
                result[key] = sorted({*before[key], *result[key]}) if before else result[key]
            await work.record_undone(workspace_id, connection_id, batch_id, result, by)
            return result


async def take_back(
    work: Work,
    workspace_id: UUID,
    connection_id: UUID,
    batch_id: UUID | None,
    *,
    by: str,
    reason: str,
    correlation_id: UUID,
    caused_by: Received | None = None,
) -> Result:
    """Undo the journal of a batch (or, without one, of the whole connection) in this transaction."""
    entries = await work.journal(workspace_id, connection_id, batch_id)
    known = await work.for_undo(workspace_id, entries)
    policies = {workspace_id: known.policies_of(workspace_id)}
    what = undo(entries, known.listings, known.items, policies, by, reason, work.mint)
    result = as_result(what, performed=True)
    for listing in what.listings.values():
        known.put_listing(listing)
    for item in what.items.values():
        known.put(item)
    await work.save(known, movements=what.movements)
    await work.close(set(what.reopened), Decision.OPEN, only=[Decision.SUPERSEDED])
    everything = [each for each in Decision if each is not Decision.WITHDRAWN]
    await work.close(set(what.withdrawn), Decision.WITHDRAWN, decision=reason, only=everything)
    await work.mark_undone(entries)
    changed = work.changed_items(known)
    causes = {item.item_id: caused_by for item in changed} if caused_by is not None else None
    publish(work, known, changed, correlation_id, causes=causes)
    return result


def as_result(what: Undone, *, performed: bool) -> Result:
    """The answer: which items are archived, unlinked or get their empty fields back, which listings."""
    return {
        "performed": performed,
        "archive": sorted(str(each) for each in what.archive),
        "unlink": sorted(str(each) for each in what.unlink),
        "restore": sorted(str(each) for each in what.restore),
        "listings": sorted(listing_id for _, listing_id in what.listings),
    }
