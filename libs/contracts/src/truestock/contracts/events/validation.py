"""Events of the validator: the verdict on one listing's first (or repeated) sync."""

from typing import ClassVar
from uuid import UUID

from truestock.contracts.events.base import Event
from truestock.contracts.events.inventory import OpenIssue
from truestock.contracts.listing import ShortText
from truestock.contracts.values import ExternalId, Marketplace, Model, OpenEnum, Severity, SharedId


class Verdict(OpenEnum):
    """The outcome of validating one listing from a live read; ``unverifiable`` is never a pass."""

    PASSED = "passed"
    PASSED_WITH_WARNINGS = "passed_with_warnings"
    FAILED = "failed"
    UNVERIFIABLE = "unverifiable"
    UNKNOWN = "unknown"


class Check(OpenEnum):
    """What is compared (domain rules: validator)."""

    LISTING_LINKAGE = "listing.linkage"
    VARIANT_MAPPING = "variant.mapping"
    STOCK_QUANTITY = "stock.quantity"
    PRICE_INTENT = "price.intent"
    PHOTOS_MATCH = "photos.match"
    TITLE_MATCH = "title.match"
    FIELDS_SEPARATION = "fields.separation"
    STOCK_CONFIRMED = "stock.confirmed"
    UNKNOWN = "unknown"


class FindingClass(OpenEnum):
    """Who moved away from the base: inventory, the marketplace, both, or they never agreed.

    ``attention`` is for checks that compare no two sides (unconfirmed stock, an unreachable photo).
    """

    PENDING_PUBLISH = "pending_publish"
    DRIFT = "drift"
    CONFLICT = "conflict"
    MAPPING = "mapping"
    ATTENTION = "attention"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"


class Finding(Model):
    """One disagreement, with the fix *on the internal record*. Sides are shown as text, None = unknown."""

    check: Check
    finding_class: FindingClass
    severity: Severity
    variant_id: UUID | None = None
    subject: ShortText
    base: ShortText | None = None
    inventory: ShortText | None = None
    marketplace: ShortText | None = None
    fix: ShortText


class SyncValidated(Event):
    """The verdict on one listing for one validation ``fingerprint`` of its item.

    ``version`` grows per (connection, listing). ``fingerprint`` and ``item_id`` are None when
    nothing was seeded. ``open_issues`` is inventory's, passed through.
    """

    TOPIC: ClassVar[str] = "validator.sync-validated.v1"
    PRODUCER: ClassVar[str] = "validator"

    connection_id: SharedId
    marketplace: Marketplace
    listing_id: ExternalId
    batch_id: SharedId
    version: int
    sequence: int
    item_id: UUID | None
    item_version: int | None
    fingerprint: ShortText | None
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    open_issues: tuple[OpenIssue, ...] = ()

    def key(self) -> str:
        """Verdicts on one listing keep their order."""
        return f"{self.connection_id}:{self.listing_id}"
