"""A batch: what it is, and the states it can be in."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from truestock.contracts.events import BatchKind
from truestock.contracts.values import Marketplace

MAX_SAMPLE = 25
DEFAULT_SAMPLE = 8
DEFAULT_SEED = 1


class BatchState(StrEnum):
    """queued → reading → processing → completed, or (a sample) → awaiting_review → approved or rejected."""

    QUEUED = "queued"
    READING = "reading"
    PROCESSING = "processing"
    PAUSED = "paused"
    WAITING = "waiting_for_reauthorization"
    AWAITING_REVIEW = "awaiting_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    COMPLETED = "completed"
    COMPLETED_WITH_FINDINGS = "completed_with_findings"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"


FINAL = frozenset(
    {
        BatchState.APPROVED,
        BatchState.REJECTED,
        BatchState.COMPLETED,
        BatchState.COMPLETED_WITH_FINDINGS,
        BatchState.CANCELLED,
        BatchState.FAILED,
    }
)
UNDER_WAY = frozenset({BatchState.QUEUED, BatchState.READING, BatchState.PROCESSING})


class Phase(StrEnum):
    """Where reading is: a sample scans, then imports what it picked; a bulk lists and imports at once."""

    SCAN = "scan"
    PICKED = "picked"
    LIST = "list"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Batch:
    """One pass over listings.

    ``cursor`` is the marketplace's place of the next page, committed with the page before it.
    ``revision`` grows with every command and state change, ``version`` with every published event.
    """

    batch_id: UUID
    workspace_id: UUID
    connection_id: UUID
    marketplace: Marketplace
    account_id: str
    kind: BatchKind
    number: int
    state: BatchState
    phase: Phase
    size: int
    seed: int
    exclude: tuple[str, ...]
    mapping_version: str
    created_at: datetime
    created_by: str
    revision: int = 1
    version: int = 1
    reason: str | None = None
    cursor: str | None = None
    total: int | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    closed_at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    traceparent: str | None = None

    @property
    def reading_closed(self) -> bool:
        """Nothing is left to be read."""
        return self.phase is Phase.CLOSED

    @property
    def final(self) -> bool:
        """The batch has ended; what its rows say may still be refined by later verdicts."""
        return self.state in FINAL

    @property
    def is_sample(self) -> bool:
        """Whether a person reviews it."""
        return self.kind is BatchKind.SAMPLE

    def to(self, state: BatchState, *, reason: str | None = None) -> "Batch":
        """The same batch in another state, one revision on."""
        return replace(self, state=state, reason=reason, revision=self.revision + 1)


def first_phase(kind: BatchKind) -> Phase:
    """How reading starts."""
    return Phase.SCAN if kind is BatchKind.SAMPLE else Phase.LIST
