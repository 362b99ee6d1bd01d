"""Validate what inventory seeded: one verdict for each answer to an import."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from truestock.chassis.delivery import Delivery
from truestock.contracts.events import InventorySeeded, SeedOutcome
from truestock.validator.domain.checks.content import photos_to_reach
from truestock.validator.domain.following import Key, Subject, belongs_to, is_ahead, with_state
from truestock.validator.domain.judge import base_at, judge, judge_first, judge_unseeded
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

Seeded = Delivery[InventorySeeded]


class ValidateSync:
    """Compare seeded listings with the marketplace, live, and announce exactly one verdict for each event."""

    consumer = "validator.validate-sync"

    def __init__(self, begin: Begin, read_live: ReadLive, reach_photos: ReachPhotos, now: Clock) -> None:
        self._begin = begin
        self._read_live = read_live
        self._reach_photos = reach_photos
        self._now = now

    async def __call__(self, deliveries: Sequence[Seeded]) -> None:
        """Read first, then decide and write in one transaction."""
        live, reachable = await asyncio.gather(self._live(deliveries), self._photos(deliveries))
        async with self._begin({delivery.event.workspace_id for delivery in deliveries}) as work:
            answers: dict[Key, list[Seeded]] = {}
            for delivery in await work.first_sight(self.consumer, deliveries):
                answers.setdefault(key_of(delivery.event), []).append(delivery)
            known = await self._known(work, answers)
            policies = await work.policies()
            now = self._now()

            def decide_all(key: Key, subject: Subject | None) -> tuple[Subject, list[Announcement]]:
                announcements: list[Announcement] = []
                tolerances = policies.get(key.workspace_id, Policies())
                for delivery in answers[key]:
                    event = delivery.event
                    subject = subject or Subject(key, str(event.marketplace), event.account_id)
                    subject, record = decide(subject, event, live.get(key), tolerances, reachable, now)
                    announcements.append((record, delivery))
                if subject is None:
                    raise LookupError(f"no event about listing {key.listing_id}")
                return subject, announcements

            await settle(work, answers, known, decide_all)

    async def _live(self, deliveries: Sequence[Seeded]) -> Mapping[Key, LiveRead]:
        targets = {
            key_of(event): Target(
                key_of(event), str(event.marketplace), event.account_id, one.traceparent, one.tracestate
            )
            for one in deliveries
            if (event := one.event).state is not None
        }
        return await self._read_live(list(targets.values())) if targets else {}

    async def _photos(self, deliveries: Sequence[Seeded]) -> Mapping[str, bool]:
        urls = dict.fromkeys(
            url
            for one in deliveries
            if one.event.state is not None
            for url in photos_to_reach(one.event.state, one.event.batch_kind)
        )
        return await self._reach_photos(urls) if urls else {}

    async def _known(self, work: Work, answers: Mapping[Key, list[Seeded]]) -> dict[Key, Subject]:
        known = await work.lock_subjects(answers, whole=False)
        # Only a state that overtook its seeding has to be read: it is the one to judge.
        ahead = [
            subject
            for key, subject in known.items()
            if any(
                one.event.state is not None and is_ahead(subject, one.event.state, one.event.occurred_at)
                for one in answers[key]
            )
        ]
        return {**known, **await work.load_states(ahead)} if ahead else known


def key_of(event: InventorySeeded) -> Key:
    """Which listing an event is about."""
    return Key(event.workspace_id, event.connection_id, event.listing_id)


def decide(
    subject: Subject,
    event: InventorySeeded,
    live: LiveRead,
    policies: Policies,
    reachable: Mapping[str, bool],
    now: datetime,
) -> tuple[Subject, VerdictRecord]:
    """The subject and the verdict after one event. A newer state that is known already is the one judged."""
    late = event.sequence < subject.sequence
    subject = belongs_to(subject, event)
    if event.state is None:
        return recorded(
            subject,
            judge_unseeded(event.listing_id, event.outcome, event.reasons),
            base=None,
            batch_id=event.batch_id,
            sequence=event.sequence,
            correlation_id=event.correlation_id,
            open_issues=event.open_issues,
            title=event.evidence.title,
            now=now,
            seeded=False,
        )
    ahead = subject.state is not None and is_ahead(subject, event.state, event.occurred_at)
    if not ahead:
        subject = with_state(subject, event.state, None, event.occurred_at)
    state = subject.state or event.state
    linked = event.outcome is SeedOutcome.LINKED
    base, kind = subject.base, event.batch_kind
    if base is None and not ahead:
        base, judged = judge_first(state, live, event.evidence, policies, reachable, kind, linked=linked)
    else:
        if not late or base is None:
            base = base_at(base, event.state, event.evidence, linked=linked)
        judged = judge(state, live, base, policies, reachable, kind)
    return recorded(
        subject,
        judged,
        base=base,
        batch_id=event.batch_id,
        sequence=event.sequence,
        correlation_id=event.correlation_id,
        open_issues=state.open_issues if ahead else event.open_issues,
        title=state.shared.title,
        now=now,
    )
