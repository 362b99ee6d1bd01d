"""What a validation starts from and what it ends in."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct, field

from truestock.contracts.events import Finding, SyncState, Verdict
from truestock.contracts.listing import Evidence
from truestock.validator.domain.matching import Matching


class Pair(Struct, frozen=True):
    """What the two sides said about one value, as text; None: nothing, or unknown."""

    inventory: str | None
    marketplace: str | None


class Base(Struct, frozen=True):
    """The third side: what both said when they were last seen to agree, or at the first seeding.

    ``linked``: the item existed before this listing was linked to it, so that differences from the
    start are inventory's truth waiting to be published rather than defects of the mapping.
    """

    item_id: UUID
    linked: bool
    values: Mapping[str, Pair]

    def sole(self, field_name: str) -> Pair | None:
        """The value of the only variant that the base knows: what a later split divided."""
        found = [pair for key, pair in self.values.items() if key.endswith(f"/{field_name}")]
        return found[0] if len(found) == 1 else None


class Policies(Struct, frozen=True):
    """A workspace's tolerances: the largest price difference accepted, in the listing's currency."""

    price_tolerance: Decimal = Decimal("0.01")


class UnreadableReason(StrEnum):
    """Why a listing could not be read; the fix depends on it."""

    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    REAUTHORIZATION_REQUIRED = "reauthorization_required"
    DISCONNECTED = "disconnected"
    MISSING_SCOPE = "missing_scope"
    REFUSED = "refused"
    PARTIAL_READ = "partial_read"
    WRONG_ACCOUNT = "wrong_account"
    NOT_SERVED = "not_served"


class Unreadable(Struct, frozen=True):
    """The live read gave no answer about the listing: not even that it is gone."""

    reason: UnreadableReason
    detail: str


LiveRead = Evidence | Unreadable | None
"""What a live read gave; None: the marketplace says that there is no such listing (any more)."""


class Comparison(Struct, frozen=True):
    """Both sides of one listing, matched: what the checks work on."""

    state: SyncState
    live: Evidence
    matching: Matching
    policies: Policies


class Judgement(Struct, frozen=True):
    """The outcome for one listing. ``agreed`` holds the values in which the base moves."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    agreed: Mapping[str, Pair] = field(default_factory=dict)
