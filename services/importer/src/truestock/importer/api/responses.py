"""Response bodies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

EXAMPLE_BATCH: dict[str, Any] = {
    "batch_id": "0c8f6a52-4c43-4c5e-8a57-6f3d1f1f7b11",
    "connection_id": "6f1c0c9e-8f6f-4b6e-9a53-0b8f0a1d2c3e",
    "marketplace": "etsy",
    "kind": "sample",
    "number": 1,
    "state": "awaiting_review",
    "reason": None,
    "size": 8,
    "seed": 1,
    "mapping_version": "etsy-1",
    "progress": {
        "total": 8,
        "read": 8,
        "emitted": 8,
        "unchanged": 0,
        "closed": 8,
        "open": 0,
        "dead_lettered": 0,
        "excluded": 0,
    },
    "outcomes": {"created": 8},
    "verdicts": {"passed_with_warnings": 8},
    "coverage": [{"stratum": "no_sku", "in_catalogue": 20, "in_sample": 8}],
    "created_at": "2026-01-15T10:00:00Z",
    "created_by": "Ada",
    "decided_at": None,
    "decided_by": None,
    "closed_at": None,
    "undone_at": None,
    "undone_by": None,
    "revision": 4,
    "seconds": 1.8,
}
EXAMPLE_LISTING: dict[str, Any] = {
    "listing_id": "1001",
    "title": "Linen shirt",
    "maps": {
        "title": "Linen shirt",
        "specifics": "2: tags, materials",
        "photos": "3 photos",
        "quantity": "12",
        "price": "39.00 EUR",
        "variants": "3 variants, Size: S, M, L",
    },
    "notes": [
        {"code": "sku_missing", "severity": "warning", "field": "variants[0].sku", "message": "No SKU."}
    ],
    "duplicate_skus": [],
    "outcome": "created",
    "reasons": [],
    "verdict": "passed_with_warnings",
    "item_id": "b2a2a2a0-4a38-4cf9-8c7e-7f5b2c1f0a77",
    "excluded": False,
    "unchanged": False,
    "open": False,
    "blockers": [{"code": "price_missing", "state": "resolved", "message": "No price."}],
}


class ProgressBody(BaseModel):
    """In listings. ``total`` is what the marketplace declared, null until it has said."""

    total: int | None
    read: int
    emitted: int
    unchanged: int
    closed: int
    open: int
    dead_lettered: int
    excluded: int


class StratumBody(BaseModel):
    """How many listings (for distinct_categories: categories) the catalogue and the sample have of it."""

    stratum: str
    in_catalogue: int
    in_sample: int


class BatchBody(BaseModel):
    """One pass over listings."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_BATCH]})

    batch_id: UUID
    connection_id: UUID
    marketplace: str
    kind: str
    number: int
    state: str
    reason: str | None
    size: int
    seed: int
    mapping_version: str
    progress: ProgressBody
    outcomes: dict[str, int]
    verdicts: dict[str, int]
    coverage: list[StratumBody]
    created_at: datetime
    created_by: str
    decided_at: datetime | None
    decided_by: str | None
    closed_at: datetime | None
    undone_at: datetime | None
    undone_by: str | None
    revision: int
    seconds: float


class BatchesBody(BaseModel):
    """A page of batches, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [EXAMPLE_BATCH], "next_cursor": None}]}
    )

    items: list[BatchBody]
    next_cursor: str | None


class NoteBody(BaseModel):
    """One remark of the mapper."""

    code: str
    severity: str
    field: str
    message: str


class BlockerBody(BaseModel):
    """Something that must be decided before approval."""

    code: str
    state: str
    message: str


class ListingBody(BaseModel):
    """How one listing maps, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_LISTING]})

    listing_id: str
    title: str
    maps: dict[str, str]
    notes: list[NoteBody]
    duplicate_skus: list[str]
    outcome: str | None
    reasons: list[str]
    verdict: str | None
    item_id: UUID | None
    excluded: bool
    unchanged: bool
    open: bool
    blockers: list[BlockerBody]


class ListingsBody(BaseModel):
    """A page of listings, by id."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [EXAMPLE_LISTING], "next_cursor": "1001"}]}
    )

    items: list[ListingBody]
    next_cursor: str | None


class WaitingBody(BaseModel):
    """One thing that approval waits for."""

    code: str
    detail: str
    remedy: str
    listing_ids: list[str]


class ApprovalBody(BaseModel):
    """Whether the sample can be approved now."""

    ready: bool
    waiting_for: list[WaitingBody]


class ReportBody(BaseModel):
    """The mapping report."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "batch": EXAMPLE_BATCH,
                    "listings": [EXAMPLE_LISTING],
                    "blockers_open": 0,
                    "approval": {
                        "ready": False,
                        "waiting_for": [
                            {
                                "code": "stock_unconfirmed",
                                "detail": "The stock of 8 listings was neither counted nor attested.",
                                "remedy": "Count the stock of these items, or attest it by name.",
                                "listing_ids": ["1001"],
                            }
                        ],
                    },
                }
            ]
        }
    )

    batch: BatchBody
    listings: list[ListingBody]
    blockers_open: int
    approval: ApprovalBody


class UndoBody(BaseModel):
    """What undoing archives and what it only unlinks; ``details`` is inventory's own word."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "archive": ["b2a2a2a0-4a38-4cf9-8c7e-7f5b2c1f0a77"],
                    "unlink": [],
                    "details": {},
                    "revision": 6,
                }
            ]
        }
    )

    archive: list[str]
    unlink: list[str]
    details: dict[str, Any]
    revision: int


class GateBody(BaseModel):
    """Whether a bulk import is allowed, and because of what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bulk_allowed": True,
                    "code": "sample_approved",
                    "because": "Sample 1 was approved by Ada.",
                    "sample_batch_id": "0c8f6a52-4c43-4c5e-8a57-6f3d1f1f7b11",
                    "mapping_version": "etsy-1",
                }
            ]
        }
    )

    bulk_allowed: bool
    code: str
    because: str
    sample_batch_id: UUID | None
    mapping_version: str
