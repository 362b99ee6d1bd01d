"""An operator's commands on single listings of a batch."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from truestock.contracts.problem import Refusal, RefusalKind, not_found
from truestock.importer.domain import sampling, transitions
from truestock.importer.domain.actor import Actor
from truestock.importer.domain.batch import Batch, BatchState, Phase
from truestock.importer.domain.blockers import check_waivable
from truestock.importer.domain.rows import Row
from truestock.importer.usecases.locking import lock_seen
from truestock.importer.usecases.ports import Begin, Clock, Nudge, Tx
from truestock.importer.usecases.settle import settle_locked

OPEN_TO_CHANGE = frozenset({BatchState.READING, BatchState.PROCESSING, BatchState.AWAITING_REVIEW})


class DecideListing:
    """Exclude, replace, waive, abandon: audited, with the batch's revision."""

    def __init__(self, begin: Begin, now: Clock, nudge: Nudge) -> None:
        self._begin, self._now, self._nudge = begin, now, nudge

    async def exclude(
        self, actor: Actor, batch_id: UUID, seen: int, listing_ids: Sequence[str], reason: str
    ) -> None:
        """Leave listings out of the sample's judgement. What was imported of them stays imported."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            _check_changeable(batch)
            excluded = await tx.rows.exclude(batch_id, listing_ids, reason)
            for missing in sorted(set(listing_ids) - excluded):
                raise not_found("listing of this batch", missing)
            await self._recount(tx, batch)
            await self._save(tx, actor, "listing.exclude", batch, {"listing_ids": sorted(excluded)}, reason)

    async def replace(self, actor: Actor, batch_id: UUID, seen: int, listing_id: str, reason: str) -> str:
        """Exclude a listing and read another one in its place; returns the other one's id."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            _check_changeable(batch)
            if not batch.is_sample or batch.phase is Phase.SCAN:
                raise Refusal(
                    "not_replaceable",
                    "Only a listing of a sample that was picked can be replaced.",
                    remedy="Exclude the listing instead.",
                )
            await _row(tx, batch, listing_id)
            picked = await tx.facts.picked(batch_id)
            facts = await tx.facts.all(batch_id)
            out = {row.listing_id for row in await tx.rows.all(batch_id) if row.excluded}
            kept = [other for other in picked if other != listing_id and other not in out]
            other = sampling.replacement(facts, kept, listing_id, batch.seed, {*batch.exclude, *picked})
            if other is None:
                raise Refusal(
                    "no_replacement",
                    "The catalogue has no other listing that could take its place.",
                    remedy="Exclude the listing instead.",
                )
            await tx.rows.exclude(batch_id, [listing_id], reason)
            await tx.facts.pick(batch_id, [other])
            await tx.batches.set_coverage(batch_id, sampling.coverage(facts, [*kept, other]))
            more = batch if batch.state is BatchState.READING else transitions.read_more(batch)
            await tx.work.enqueue(more)
            change = {"listing_id": listing_id, "by": other}
            await self._save(tx, actor, "listing.replace", more, change, reason)
        self._nudge()
        return other

    async def waive(
        self, actor: Actor, batch_id: UUID, seen: int, listing_id: str, code: str, reason: str
    ) -> None:
        """Accept one blocker of one listing (admins only)."""
        if not actor.admin:
            raise Refusal(
                "admin_only",
                "Only an admin may waive a blocker.",
                remedy="Ask an admin; or exclude or replace the listing.",
                kind=RefusalKind.FORBIDDEN,
            )
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            _check_changeable(batch)
            check_waivable(await _row(tx, batch, listing_id), code)
            await tx.rows.waive(batch_id, listing_id, code, actor.name, reason)
            change = {"listing_id": listing_id, "code": code}
            await self._save(tx, actor, "listing.waive", batch, change, reason)

    async def abandon(self, actor: Actor, batch_id: UUID, seen: int, listing_id: str, reason: str) -> None:
        """Close an open row by hand, so that its batch can end; a later answer still counts."""
        async with self._begin([actor.workspace_id]) as tx:
            batch = await lock_seen(tx, batch_id, seen)
            await _row(tx, batch, listing_id)
            if not await tx.rows.abandon(batch_id, listing_id, reason, self._now()):
                raise Refusal(
                    "listing_closed",
                    f"Listing {listing_id} is not open in this batch.",
                    remedy="List the open ones: there may be nothing left to do.",
                )
            settled = await settle_locked(tx, batch, self._now)
            await self._save(tx, actor, "listing.abandon", settled, {"listing_id": listing_id}, reason)

    async def _recount(self, tx: Tx, batch: Batch) -> None:
        if batch.is_sample and batch.phase is not Phase.SCAN:
            out = {row.listing_id for row in await tx.rows.all(batch.batch_id) if row.excluded}
            kept = [other for other in await tx.facts.picked(batch.batch_id) if other not in out]
            counted = sampling.coverage(await tx.facts.all(batch.batch_id), kept)
            await tx.batches.set_coverage(batch.batch_id, counted)

    async def _save(
        self, tx: Tx, actor: Actor, action: str, batch: Batch, change: dict[str, Any], reason: str
    ) -> None:
        await tx.batches.save(replace(batch, revision=batch.revision + 1))
        await tx.audit(actor, action, batch.batch_id, None, change, reason)


def _check_changeable(batch: Batch) -> None:
    if batch.state not in OPEN_TO_CHANGE:
        raise Refusal(
            "wrong_state",
            f"Batch {batch.number} is {batch.state}; its listings cannot be changed any more.",
            remedy="Listings change while a batch is read, processed or reviewed.",
            state=batch.state,
        )


async def _row(tx: Tx, batch: Batch, listing_id: str) -> Row:
    row = await tx.rows.get(batch.batch_id, listing_id)
    if row is None:
        raise not_found("listing of this batch", listing_id)
    return row
