"""Validate again what an edit, a count or a buffer changed: once per change, and nothing else does it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from truestock.chassis.delivery import Delivery, Removal, Transient
from truestock.contracts.events import InventoryItem, SyncState
from truestock.validator.domain.checks.content import photos_to_reach
from truestock.validator.domain.following import (
    GONE,
    ItemKey,
    Key,
    Subject,
    is_newer,
    needs_validation,
    with_state,
    withdrawn,
)
from truestock.validator.domain.judge import judge
from truestock.validator.domain.model import LiveRead, Policies
from truestock.validator.usecases.ports import (
    Begin,
    Clock,
    ReachPhotos,
    ReadLive,
    Target,
    VerdictRecord,
    Work,
)
from truestock.validator.usecases.record import recorded
from truestock.validator.usecases.settle import Announcement, settle

Changed = Delivery[InventoryItem]
Heard = Changed | Removal
ROUNDS = 5
"""Each round reads live what the round before found missing; a second one is common, a third a race."""


class Change(Struct, frozen=True):
    """One channel listing's state inside one item event."""

    state: SyncState
    delivery: Changed


class Published(Struct, frozen=True):
    """Which listings an item has, as of a version; ``epoch`` None where a tombstone said that it has none."""

    item_id: UUID
    epoch: int | None
    version: int
    listings: frozenset[Key] = frozenset()


class NeedsLive(Exception):
    """Found inside the transaction: these listings must be read first, outside of it."""

    def __init__(self, subjects: Mapping[Key, Subject]) -> None:
        super().__init__(f"{len(subjects)} listings")
        self.subjects = subjects


class RevalidateChanged:
    """Keep the newest state of each channel listing; validate where it differs from what was validated.

    A listing that its item has no more (the import was undone, the item archived) is withdrawn: its verdicts
    are history, and nothing is validated until it is seeded again.
    """

    consumer = "validator.revalidate-changed"

    def __init__(self, begin: Begin, read_live: ReadLive, reach_photos: ReachPhotos, now: Clock) -> None:
        self._begin = begin
        self._read_live = read_live
        self._reach_photos = reach_photos
        self._now = now

    async def __call__(self, deliveries: Sequence[Heard]) -> None:
        """Most states need no verdict: so it is decided first, and read live only where one does."""
        live: dict[Key, LiveRead] = {}
        reachable: dict[str, bool] = {}
        causes = changes_of(deliveries)
        for _ in range(ROUNDS):
            try:
                await self._settle(deliveries, live, reachable)
            except NeedsLive as needs:
                seen, photos = await asyncio.gather(
                    self._read_live([_target(one, causes) for one in needs.subjects.values()]),
                    self._reach_photos(photos_of(needs.subjects.values())),
                )
                live.update(seen)
                reachable.update(photos)
            else:
                return
        raise Transient("the listings kept changing while they were read")

    async def _settle(
        self, deliveries: Sequence[Heard], live: Mapping[Key, LiveRead], reachable: Mapping[str, bool]
    ) -> None:
        async with self._begin({_workspace(delivery) for delivery in deliveries}) as work:
            fresh = await work.first_sight(self.consumer, deliveries)
            changes = changes_of(fresh)
            lost = await _lost(work, published_by(fresh), changes)
            keys = {*changes, *lost}
            known = await work.lock_subjects(keys, whole=False)
            policies = await work.policies()
            disconnected = await work.disconnected()
            now = self._now()
            missing: dict[Key, Subject] = {}

            def decide_all(key: Key, subject: Subject | None) -> tuple[Subject, list[Announcement]]:
                subject, cause = apply(subject, key, changes.get(key, ()))
                if key in lost:
                    item = lost[key]
                    subject = withdrawn(subject, item.item_id, item.epoch, item.version)
                if cause is None or key.connection_id in disconnected or not needs_validation(subject):
                    return subject, []
                if key not in live:
                    missing[key] = subject
                    return subject, []
                tolerances = policies.get(key.workspace_id, Policies())
                subject, record = decide(subject, cause, live[key], tolerances, reachable, now)
                return subject, [(record, cause.delivery)]

            def all_were_read() -> None:
                if missing:
                    raise NeedsLive(missing)

            await settle(work, keys, known, decide_all, before_writing=all_were_read)


def published_by(deliveries: Sequence[Heard]) -> dict[ItemKey, Published]:
    """Which listings each item has at last. Of a new item (version 1) none can be lost."""
    newest: dict[ItemKey, Published] = {}
    for delivery in deliveries:
        if isinstance(delivery, Removal):
            item_id = UUID(delivery.key.decode())
            newest[ItemKey(delivery.workspace_id, item_id)] = Published(item_id, None, GONE)
        elif (event := delivery.event).version > 1:
            listings = (Key(event.workspace_id, one.connection_id, one.listing_id) for one in event.channels)
            newest[ItemKey(event.workspace_id, event.item_id)] = Published(
                event.item_id, event.epoch, event.version, frozenset(listings)
            )
    return newest


async def _lost(
    work: Work, published: Mapping[ItemKey, Published], changes: Mapping[Key, Sequence[Change]]
) -> dict[Key, Published]:
    """The listings that their item does not have any more: known ones, and ones of this very batch."""
    if not published:
        return {}
    owners = await work.listings_of(published)
    owners |= {key: one.state.item_id for key, found in changes.items() for one in found}
    return {
        key: item
        for key, item_id in owners.items()
        if (item := published.get(ItemKey(key.workspace_id, item_id))) is not None
        and key not in item.listings
    }


def _workspace(delivery: Heard) -> UUID:
    return delivery.workspace_id if isinstance(delivery, Removal) else delivery.event.workspace_id


def changes_of(deliveries: Sequence[Heard]) -> dict[Key, list[Change]]:
    """The states that item events hold, by channel listing."""
    changes: dict[Key, list[Change]] = {}
    for delivery in deliveries:
        if isinstance(delivery, Removal):
            continue
        for state in delivery.event.channels:
            key = Key(delivery.event.workspace_id, state.connection_id, state.listing_id)
            changes.setdefault(key, []).append(Change(state, delivery))
    return changes


def apply(subject: Subject | None, key: Key, changes: Sequence[Change]) -> tuple[Subject, Change | None]:
    """The subject with the newest state, and the change that brought it; None: all of it was known."""
    if subject is None:
        first = changes[0].state
        subject = Subject(key, str(first.marketplace), first.account_id)
    cause = None
    for change in changes:
        event = change.delivery.event
        if is_newer(subject, change.state, event.epoch, event.occurred_at):
            subject, cause = with_state(subject, change.state, event.epoch, event.occurred_at), change
    return subject, cause


def decide(
    subject: Subject,
    cause: Change,
    live: LiveRead,
    policies: Policies,
    reachable: Mapping[str, bool],
    now: datetime,
) -> tuple[Subject, VerdictRecord]:
    """The verdict on the newest state, for the batch of the listing's last seeding."""
    return judge_again(
        subject, live, policies, reachable, now, correlation_id=cause.delivery.event.correlation_id
    )


def judge_again(
    subject: Subject,
    live: LiveRead,
    policies: Policies,
    reachable: Mapping[str, bool],
    now: datetime,
    *,
    correlation_id: UUID,
) -> tuple[Subject, VerdictRecord]:
    """A seeded listing's next verdict."""
    if subject.state is None or subject.batch_id is None or subject.base is None:
        raise LookupError(f"listing {subject.key.listing_id} was never seeded")
    return recorded(
        subject,
        judge(subject.state, live, subject.base, policies, reachable, subject.batch_kind),
        base=subject.base,
        batch_id=subject.batch_id,
        sequence=subject.sequence,
        correlation_id=correlation_id,
        open_issues=subject.state.open_issues,
        title=subject.state.shared.title,
        now=now,
    )


def target_of(subject: Subject, traceparent: str | None = None, tracestate: str | None = None) -> Target:
    """What to read live for a subject."""
    return Target(subject.key, subject.marketplace, subject.account_id, traceparent, tracestate)


def _target(subject: Subject, causes: Mapping[Key, list[Change]]) -> Target:
    delivery = causes[subject.key][-1].delivery
    return target_of(subject, delivery.traceparent, delivery.tracestate)


def photos_of(subjects: Iterable[Subject]) -> list[str]:
    """The photos that must answer, each once."""
    wanted = (photos_to_reach(one.state, one.batch_kind) for one in subjects if one.state is not None)
    return list(dict.fromkeys(url for urls in wanted for url in urls))
