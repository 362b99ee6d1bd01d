"""Batches, their mapping report and the gate."""

from datetime import datetime
from typing import Any

from pydantic import Field

from truestock.client.models.common import Answer

FINISHED = frozenset({"approved", "rejected", "completed", "completed_with_findings", "cancelled", "failed"})
REVIEWABLE = FINISHED | {"awaiting_review"}
"""States in which a batch makes no further progress without an operator."""


class Progress(Answer):
    """How far a batch is, in listings. ``total`` is None until the marketplace has said."""

    total: int | None = None
    read: int = 0
    emitted: int = 0
    unchanged: int = 0
    closed: int = 0
    open: int = 0
    dead_lettered: int = 0
    excluded: int = 0


class Stratum(Answer):
    """One property that a representative sample should show, and where it occurs."""

    stratum: str
    in_catalogue: int = 0
    in_sample: int = 0


class Batch(Answer):
    """One pass over a connection's listings."""

    batch_id: str
    connection_id: str
    marketplace: str = ""
    kind: str
    number: int = 0
    state: str
    reason: str | None = None
    size: int | None = None
    seed: int | None = None
    progress: Progress = Progress()
    outcomes: dict[str, int] = Field(default_factory=dict)
    verdicts: dict[str, int] = Field(default_factory=dict)
    coverage: tuple[Stratum, ...] = ()
    created_at: datetime | None = None
    created_by: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    closed_at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    seconds: float | None = None
    revision: int

    @property
    def reviewable(self) -> bool:
        """Whether it waits for an operator or has ended."""
        return self.state in REVIEWABLE


class Note(Answer):
    """One remark of the mapper."""

    code: str
    severity: str
    field: str = ""
    message: str = ""


class Blocker(Answer):
    """Something that must be decided before the batch can be approved."""

    code: str
    state: str = "open"
    message: str = ""


class ReportListing(Answer):
    """How one listing maps, what inventory did with it, and its newest verdict."""

    listing_id: str
    title: str = ""
    maps: dict[str, Any] = Field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    outcome: str | None = None
    reasons: tuple[str, ...] = ()
    verdict: str | None = None
    item_id: str | None = None
    blockers: tuple[Blocker, ...] = ()
    excluded: bool = False
    unchanged: bool = False
    open: bool = False


class Waiting(Answer):
    """One thing that approval waits for, with what an operator can do."""

    code: str
    detail: str
    remedy: str = ""
    listing_ids: tuple[str, ...] = ()


class Approval(Answer):
    """Whether the sample can be approved now."""

    ready: bool = False
    waiting_for: tuple[Waiting, ...] = ()


class MappingReport(Answer):
    """Everything to look at before deciding about a batch."""

    batch: Batch
    listings: tuple[ReportListing, ...] = ()
    blockers_open: int = 0
    approval: Approval = Approval()


class Gate(Answer):
    """Whether a bulk import of a connection is allowed, and because of what."""

    bulk_allowed: bool
    code: str = ""
    because: str
    sample_batch_id: str | None = None
    mapping_version: str | None = None


class UndoPreview(Answer):
    """What undoing a batch would archive, and what it would only unlink."""

    archive: tuple[str, ...] = ()
    unlink: tuple[str, ...] = ()
    revision: int | None = None
