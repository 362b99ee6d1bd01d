"""Decide about listings whose rows may not exist yet, while other processes do the same."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from truestock.chassis.delivery import Delivery
from truestock.validator.domain.following import Key, Subject
from truestock.validator.usecases.ports import VerdictRecord, Work

Announcement = tuple[VerdictRecord, Delivery[Any] | None]
Decide = Callable[[Key, Subject | None], tuple[Subject, list[Announcement]]]


class Settled(Struct, frozen=True):
    """How many verdicts there were, and the newest one per listing."""

    verdicts: Mapping[Key, VerdictRecord]


async def settle(
    work: Work,
    keys: Iterable[Key],
    known: Mapping[Key, Subject],
    decide: Decide,
    *,
    before_writing: Callable[[], None] = lambda: None,
) -> Settled:
    """Decide about each listing and write what follows.

    A listing that another transaction stored first is locked and decided again, on what that one wrote:
    nothing is overwritten unseen and nothing has to be rolled back. ``before_writing`` may raise.
    """
    decided = {key: decide(key, known.get(key)) for key in sorted(keys)}
    before_writing()
    new = [subject for key, (subject, _) in decided.items() if key not in known]
    raced = await work.add_subjects(new) if new else frozenset[Key]()
    if raced:
        known = {**known, **await work.lock_subjects(raced)}
        decided |= {key: decide(key, known[key]) for key in sorted(raced)}
        before_writing()
    changed = [subject for key, (subject, _) in decided.items() if key in known and subject is not known[key]]
    if changed:
        await work.save_subjects(changed)
    newest: dict[tuple[UUID, Key], VerdictRecord] = {}
    for key, (_, announcements) in decided.items():
        for record, delivery in announcements:
            newest[record.event.batch_id, key] = record
            work.emit(record.event, caused_by=delivery)
    if newest:
        await work.save_verdicts(list(newest.values()))
    return Settled({key: record for (_, key), record in newest.items()})
