"""What seeding leaves for people to decide, and the journal that undo reads."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from truestock.contracts.events import ListingImported, OpenIssue, SeedOutcome, SyncState
from truestock.inventory.domain.model import ChannelListing, Item, Movement
from truestock.inventory.domain.refining import Difference


class Decision(StrEnum):
    """Where something that a person decides stands. ``superseded``: a newer import replaced it."""

    OPEN = "open"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Held(Struct, frozen=True):
    """A listing that waits for link, create or reject; it keeps its import for that moment."""

    held_id: UUID
    imported: ListingImported
    code: str
    reason: str
    candidates: tuple[UUID, ...]
    state: Decision = Decision.OPEN
    revision: int = 1


class Split(Struct, frozen=True):
    """Variants buried in text: which option with which values, and the evidence for it."""

    split_id: UUID
    workspace_id: UUID
    item_id: UUID
    variant_id: UUID
    connection_id: UUID
    listing_id: str
    batch_id: UUID
    option_name: str
    values: tuple[str, ...]
    evidence: str
    state: Decision = Decision.OPEN
    revision: int = 1


class Proposal(Struct, frozen=True):
    """Differences between an item and a later import, for an operator to accept field by field."""

    proposal_id: UUID
    workspace_id: UUID
    item_id: UUID
    connection_id: UUID
    listing_id: str
    batch_id: UUID
    differences: tuple[Difference, ...]
    state: Decision = Decision.OPEN
    revision: int = 1


class Effects(Struct, frozen=True):
    """What one seeding did, in enough detail to take exactly that back.

    ``before`` is the channel listing as it was (None: it was not known). ``filled`` maps field keys
    to the values that were written into empty fields.
    """

    created: bool = False
    before: ChannelListing | None = None
    filled: dict[str, Any] = field(default_factory=dict)
    opened: tuple[UUID, ...] = ()
    superseded: tuple[UUID, ...] = ()


class Seeding(Struct, frozen=True):
    """The one decision about one import. ``item`` and ``listing`` are their new states, None: as before."""

    event: ListingImported
    outcome: SeedOutcome
    reasons: tuple[str, ...] = ()
    open_issues: tuple[OpenIssue, ...] = ()
    state: SyncState | None = None
    item: Item | None = None
    listing: ChannelListing | None = None
    movements: tuple[Movement, ...] = ()
    held: Held | None = None
    split: Split | None = None
    proposal: Proposal | None = None
    also_changed: tuple[Item, ...] = ()
    effects: Effects = field(default_factory=Effects)


class JournalEntry(Struct, frozen=True):
    """One line of the journal: a seeding that an undo may take back."""

    seeding_id: UUID
    workspace_id: UUID
    connection_id: UUID
    listing_id: str
    batch_id: UUID
    item_id: UUID | None
    outcome: SeedOutcome
    effects: Effects
    at: datetime
