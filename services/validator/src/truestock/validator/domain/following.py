"""What the validator knows about one listing over time, and when a change calls for a new verdict."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from truestock.contracts.events import BatchKind, InventorySeeded, SeedOutcome, SyncState
from truestock.validator.domain.model import Base

GONE = 2**31 - 1
"""The version of an archived item: it does not come back, and what was said before counts no more."""


class Key(NamedTuple):
    """A listing of a connection. Sortable, so that rows are always locked in one order."""

    workspace_id: UUID
    connection_id: UUID
    listing_id: str


class ItemKey(NamedTuple):
    """An item of a workspace."""

    workspace_id: UUID
    item_id: UUID


class Subject(Struct, frozen=True):
    """A listing under validation.

    ``state`` is the newest that inventory said, None where nothing is seeded; ``epoch`` and
    ``item_version`` order states of one item. ``seeded``: its InventorySeeded was handled, so that
    later changes re-validate it, for the batch of that event. ``withdrawn``: the item of ``item_id`` does
    not have this listing any more, so that verdicts on the two are history.
    """

    key: Key
    marketplace: str
    account_id: str
    item_id: UUID | None = None
    item_version: int = 0
    epoch: int = 0
    fingerprint: str | None = None
    state: SyncState | None = None
    state_at: datetime | None = None
    seeded: bool = False
    batch_id: UUID | None = None
    batch_kind: BatchKind = BatchKind.UNKNOWN
    sequence: int = 0
    base: Base | None = None
    verdict_version: int = 0
    validated_fingerprint: str | None = None
    validated_at: datetime | None = None
    withdrawn: bool = False


def is_newer(subject: Subject, state: SyncState, epoch: int, at: datetime) -> bool:
    """Whether a changed item's ``state`` follows what is known; another item's are ordered by time."""
    if subject.item_id is None:
        return True
    if subject.item_id != state.item_id:
        return subject.state_at is None or at >= subject.state_at
    return (epoch, state.item_version) > (subject.epoch, subject.item_version)


def is_ahead(subject: Subject, state: SyncState, at: datetime) -> bool:
    """Whether what is known is newer than the ``state`` of a seeding: its item was changed since."""
    if subject.item_id is None:
        return False
    if subject.item_id != state.item_id:
        return subject.state_at is not None and subject.state_at > at
    return subject.item_version > state.item_version


def with_state(subject: Subject, state: SyncState, epoch: int | None, at: datetime) -> Subject:
    """The subject after inventory said something newer."""
    return replace(
        subject,
        marketplace=str(state.marketplace),
        account_id=state.account_id,
        item_id=state.item_id,
        item_version=state.item_version,
        epoch=subject.epoch if epoch is None else epoch,
        fingerprint=state.fingerprint,
        state=state,
        state_at=at,
        withdrawn=False,
    )


def withdrawn(subject: Subject, item_id: UUID, epoch: int | None, version: int) -> Subject:
    """The subject after its item lost the listing, or was archived; another item's, or older, news is none.

    ``epoch`` None: of the epoch that is known.
    """
    now = subject.epoch if epoch is None else epoch
    if subject.item_id != item_id or (now, version) <= (subject.epoch, subject.item_version):
        return subject
    return replace(subject, epoch=now, item_version=version, seeded=False, withdrawn=True)


def belongs_to(subject: Subject, event: InventorySeeded) -> Subject:
    """The subject after its (repeated) seeding: an earlier import's late answer changes nothing."""
    if event.sequence < subject.sequence:
        return subject
    return replace(
        subject,
        batch_id=event.batch_id,
        batch_kind=event.batch_kind,
        sequence=event.sequence,
        # A held re-import leaves the item that the listing has; a rejected one has none.
        seeded=event.state is not None or (subject.seeded and event.outcome is SeedOutcome.HELD),
    )


def needs_validation(subject: Subject) -> bool:
    """Whether the newest state was not validated yet: by its fingerprint, and only once it was seeded."""
    if not subject.seeded or subject.withdrawn or subject.state is None or subject.base is None:
        return False
    # Another item's first state waits for that item's own seeding.
    return subject.base.item_id == subject.item_id and subject.fingerprint != subject.validated_fingerprint
