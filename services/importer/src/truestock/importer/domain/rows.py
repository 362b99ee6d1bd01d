"""One row per (batch, listing): what became of it, and when it counts as closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from truestock.contracts.events import Finding, OpenIssue, Verdict
from truestock.contracts.listing import MappingNote

DEAD_LETTERED = "dead_lettered"
ABANDONED = "abandoned"
EXCLUDED = "excluded"
PASSING = frozenset({Verdict.PASSED.value, Verdict.PASSED_WITH_WARNINGS.value})
INHERITABLE = PASSING | {Verdict.FAILED.value}


class ClosedBy(StrEnum):
    """Why a row is closed."""

    VERDICT = "verdict"
    INHERITED = "inherited"
    DEAD_LETTER = "dead_letter"
    ABANDONED = "abandoned"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Waiver:
    """An admin accepted one blocker of one listing."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """What the batch knows about one listing.

    ``open_issues`` and ``findings`` are those of the newest verdict; ``verdict`` is None until there is one.
    """

    listing_id: str
    title: str
    notes: tuple[MappingNote, ...] = ()
    duplicate_skus: tuple[str, ...] = ()
    maps: Mapping[str, str] = field(default_factory=dict)
    inherited: bool = False
    excluded: bool = False
    outcome: str | None = None
    reasons: tuple[str, ...] = ()
    verdict: str | None = None
    findings: tuple[Finding, ...] = ()
    open_issues: tuple[OpenIssue, ...] = ()
    item_id: UUID | None = None
    waived: Mapping[str, Waiver] = field(default_factory=dict)
    closed_by: str | None = None

    @property
    def open(self) -> bool:
        """Something about it is still on its way."""
        return self.closed_by is None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows are open, and how many closed ones did not simply pass (excluded ones left out)."""

    open: int
    with_findings: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a listing between batches; ``batch_id`` is the batch of its last event."""

    content_hash: bytes | None
    sequence: int
    outcome: str | None
    verdict: str | None
    batch_id: UUID | None = None


def may_inherit(known: Known | None, content_hash: bytes) -> bool:
    """Whether an unchanged listing needs no second event: its last import was answered in full.

    One that was never answered, dead-lettered or could not be verified is sent again.
    """
    return (
        known is not None
        and known.content_hash == content_hash
        and known.outcome is not None
        and known.outcome != DEAD_LETTERED
        and known.verdict in INHERITABLE
    )
