"""An operator asks for another live read of a batch, for instance after `unverifiable`."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from truestock.contracts.problem import Refusal, RefusalKind, not_found
from truestock.validator.domain.following import Key, Subject
from truestock.validator.domain.model import Policies
from truestock.validator.usecases.ports import Clock, ReachPhotos, ReadLive, Work
from truestock.validator.usecases.revalidate_changed import judge_again, photos_of, target_of
from truestock.validator.usecases.settle import Announcement, settle

MOST = 500
"""Listings that one command reads: a few seconds. The answer says whether there are more."""


class BatchWork(Work, Protocol):
    """The transaction that this use case needs."""

    async def batch_subjects(
        self, batch_id: UUID, listing_ids: Sequence[str] | None, most: int
    ) -> list[Subject]:
        """Seeded listings of a batch; without ids those not passed, the longest unread first."""
        ...

    async def knows_batch(self, batch_id: UUID) -> bool:
        """Whether anything of this batch was validated in this workspace."""
        ...

    async def audit(self, actor: Any, action: str, subject: str, *, after: Any, reason: str) -> None:
        """Write a line of the audit trail."""
        ...


class BeginBatch(Protocol):
    """Opens a transaction that sees exactly these workspaces."""

    def __call__(self, workspaces: Iterable[UUID]) -> AbstractAsyncContextManager[BatchWork]:
        """One transaction."""
        ...


class Revalidated(Struct, frozen=True):
    """How many listings were read again, their verdicts, and whether there are more to do."""

    listings: int
    verdicts: Mapping[str, int]
    more: bool


class RevalidateBatch:
    """Read listings of a batch live again and judge them against the same bases."""

    def __init__(self, begin: BeginBatch, read_live: ReadLive, reach_photos: ReachPhotos, now: Clock) -> None:
        self._begin = begin
        self._read_live = read_live
        self._reach_photos = reach_photos
        self._now = now

    async def __call__(
        self,
        actor: Any,
        workspace_id: UUID,
        batch_id: UUID,
        listing_ids: Collection[str] | None,
        reason: str,
        request_id: UUID,
    ) -> Revalidated:
        """Raises Refusal when the batch or one of the listings is not known here."""
        wanted = sorted(set(listing_ids)) if listing_ids else None
        async with self._begin([workspace_id]) as work:
            if not await work.knows_batch(batch_id):
                raise not_found("validated batch", batch_id)
            found = await work.batch_subjects(batch_id, wanted, MOST + 1)
        _refuse_unknown(wanted, found)
        chosen = found[:MOST]
        live, reachable = await asyncio.gather(
            self._read_live([target_of(one) for one in chosen]), self._reach_photos(photos_of(chosen))
        )
        async with self._begin([workspace_id]) as work:
            known = await work.lock_subjects([one.key for one in chosen])
            policies = (await work.policies()).get(workspace_id, Policies())
            now = self._now()

            def decide(key: Key, subject: Subject | None) -> tuple[Subject, list[Announcement]]:
                if subject is None:
                    raise LookupError(f"listing {key.listing_id} vanished")
                if subject.batch_id != batch_id or subject.state is None:
                    return subject, []  # a newer batch took it over meanwhile
                after, record = judge_again(
                    subject, live[key], policies, reachable, now, correlation_id=request_id
                )
                return after, [(record, None)]

            settled = await settle(work, known, known, decide)
            verdicts = Counter(str(record.event.verdict) for record in settled.verdicts.values())
            await work.audit(
                actor,
                "revalidate",
                f"batch:{batch_id}",
                after={"listings": len(settled.verdicts), "verdicts": dict(verdicts)},
                reason=reason,
            )
        return Revalidated(len(settled.verdicts), dict(verdicts), len(found) > MOST)


def _refuse_unknown(wanted: Sequence[str] | None, found: Sequence[Subject]) -> None:
    missing = sorted(set(wanted or ()) - {one.key.listing_id for one in found})
    if missing and len(found) <= MOST:
        raise Refusal(
            "listing_not_seeded",
            f"{len(missing)} of these listings have no item in this batch: {', '.join(missing[:5])}.",
            remedy="Decide held listings first; leave out those that are not part of the batch.",
            kind=RefusalKind.INVALID,
            listing_ids=missing[:100],
        )
