"""Events of the importer: batches, and the listings that they read."""

from typing import Annotated, ClassVar

from pydantic import Field

from truestock.contracts.events.base import Event
from truestock.contracts.listing import CanonicalListing, Evidence, ShortText
from truestock.contracts.values import Currency, ExternalId, Marketplace, OpenEnum, SharedId


class BatchKind(OpenEnum):
    """A sample is small and reviewed by a person; a bulk needs an approved sample."""

    SAMPLE = "sample"
    BULK = "bulk"
    UNKNOWN = "unknown"


class BatchDecision(OpenEnum):
    """What an operator decided about a sample; ``undone`` also closes the gate again."""

    APPROVED = "approved"
    REJECTED = "rejected"
    UNDONE = "undone"
    UNKNOWN = "unknown"


class BatchEvent(Event):
    """What all batch events carry. ``version`` grows with every event of the batch."""

    TOPIC: ClassVar[str] = "importer.import-batch.v1"
    PRODUCER: ClassVar[str] = "importer"

    connection_id: SharedId
    batch_id: SharedId
    kind: BatchKind
    version: int

    def key(self) -> str:
        """Batches of one connection keep their order."""
        return str(self.connection_id)


class ImportBatchStarted(BatchEvent):
    """A batch was accepted and queued."""

    started_by: ShortText


class ImportBatchRead(BatchEvent):
    """Reading is complete: how many listings were read, sent on, and found unchanged."""

    listings: int
    emitted: int
    unchanged: int


class ImportBatchDecided(BatchEvent):
    """An operator decided about a sample; an approval opens the gate for this account and mapping version."""

    decision: BatchDecision
    decided_by: ShortText
    account_id: ExternalId
    mapping_version: ShortText


class ImportBatchClosed(BatchEvent):
    """The batch reached a final state (``state`` as in the importer's API) with these counts."""

    state: ShortText
    reason: ShortText | None = None
    outcomes: dict[str, int]
    verdicts: dict[str, int]


class ListingImported(Event):
    """A listing was read, mapped and stored; inventory answers with exactly one ``InventorySeeded``.

    ``sequence`` grows per (connection, listing); a consumer ignores lower ones. ``evidence`` is what
    the independent extractor saw in the same raw answer. ``currency`` is the account's.
    """

    TOPIC: ClassVar[str] = "importer.listing-imported.v1"
    PRODUCER: ClassVar[str] = "importer"

    connection_id: SharedId
    marketplace: Marketplace
    account_id: ExternalId
    batch_id: SharedId
    batch_kind: BatchKind
    sequence: Annotated[int, Field(ge=1)]
    mapping_version: ShortText
    content_hash: ShortText
    currency: Currency | None
    duplicate_skus: tuple[ExternalId, ...] = ()
    listing: CanonicalListing
    evidence: Evidence

    def key(self) -> str:
        """Imports of one listing keep their order."""
        return f"{self.connection_id}:{self.listing.listing_id}"
