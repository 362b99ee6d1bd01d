"""What the API answers and takes."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from truestock.contracts.values import Amount, ExternalId

_FINDING = {
    "check": "stock.quantity",
    "class": "drift",
    "severity": "blocker",
    "connection_id": "0b0f6f5e-7f6e-4a3c-9d6e-0f4f3f1b2a10",
    "listing_id": "1001",
    "batch_id": "5d3c1e4a-2b7b-4f7e-8f59-6f1f7a3e9c21",
    "item_id": "9a1e0c52-61d2-4ad5-8e0c-9b1f0d7c3b44",
    "title": "Linen shirt",
    "verdict": "failed",
    "variant_id": "7e3f6a15-c1a2-4b0a-a6a5-2d9d6b8c4e33",
    "subject": "Size: M",
    "base": "5",
    "inventory": "5",
    "marketplace": "3",
    "fix": "The marketplace went to 3 while inventory stayed at 5: record what was sold, or count it.",
}
_VERDICT = {
    "connection_id": _FINDING["connection_id"],
    "listing_id": "1001",
    "batch_id": _FINDING["batch_id"],
    "marketplace": "etsy",
    "title": "Linen shirt",
    "item_id": _FINDING["item_id"],
    "item_version": 2,
    "fingerprint": "3f2a",
    "verdict": "failed",
    "version": 2,
    "sequence": 1,
    "open_issues": ["stock_unconfirmed"],
    "finding_count": 1,
    "validated_at": "2026-11-23T12:00:00Z",
}
_REPORT = {
    "batch_id": _FINDING["batch_id"],
    "verdicts": {"passed": 6, "failed": 1, "unverifiable": 1},
    "by_check": {"stock.quantity": {"drift": {"blocker": 1}}},
    "findings": [_FINDING],
    "next_cursor": None,
}
_POLICIES = {"price_tolerance": "0.01", "revision": 0}


def _example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]}, populate_by_name=True)


class FindingOut(BaseModel):
    """One disagreement, with the record that it is about and the fix on it."""

    model_config = _example(_FINDING)

    check: str
    finding_class: Annotated[str, Field(alias="class")]
    severity: str
    connection_id: UUID
    listing_id: str
    batch_id: UUID
    item_id: UUID | None
    title: str
    verdict: str
    variant_id: UUID | None
    subject: str
    base: str | None
    inventory: str | None
    marketplace: str | None
    fix: str


class FindingList(BaseModel):
    """A page of findings, worst first."""

    model_config = _example({"items": [_FINDING], "next_cursor": None})

    items: list[FindingOut]
    next_cursor: str | None


class VerdictOut(BaseModel):
    """The verdict on one listing; ``withdrawn`` once its item does not have the listing any more (undo)."""

    model_config = _example(_VERDICT)

    connection_id: UUID
    listing_id: str
    batch_id: UUID
    marketplace: str
    title: str
    item_id: UUID | None
    item_version: int | None
    fingerprint: str | None
    verdict: str
    version: int
    sequence: int
    open_issues: list[str]
    finding_count: int
    validated_at: datetime


class VerdictDetail(VerdictOut):
    """The verdict on one listing with its findings, worst first."""

    model_config = _example({**_VERDICT, "findings": [_FINDING]})

    findings: list[FindingOut]


class VerdictList(BaseModel):
    """A page of verdicts."""

    model_config = _example({"items": [_VERDICT], "next_cursor": None})

    items: list[VerdictOut]
    next_cursor: str | None


class BatchReport(BaseModel):
    """A batch at a glance: verdicts, findings by check, class and severity, and the worst of them."""

    model_config = _example(_REPORT)

    batch_id: UUID
    verdicts: dict[str, int]
    by_check: dict[str, dict[str, dict[str, int]]]
    findings: list[FindingOut]
    next_cursor: str | None


Reason = Annotated[str, Field(min_length=1, max_length=1_000)]


class RevalidateIn(BaseModel):
    """Which listings to read again; without ids all of the batch that are not passed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "the marketplace was unreachable"}]}
    )

    listing_ids: Annotated[list[ExternalId], Field(min_length=1, max_length=500)] | None = None
    reason: Reason


class RevalidatedOut(BaseModel):
    """What another live read gave. ``more``: repeat the command for the rest."""

    model_config = _example({"listings": 2, "verdicts": {"passed": 2}, "more": False})

    listings: int
    verdicts: dict[str, int]
    more: bool


class PoliciesOut(BaseModel):
    """The workspace's tolerances. ``price_tolerance``: in the listing's currency."""

    model_config = _example(_POLICIES)

    price_tolerance: Amount
    revision: int


class PoliciesIn(BaseModel):
    """New tolerances."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"price_tolerance": "0.05", "reason": "rounding of the markup"}]},
    )

    price_tolerance: Annotated[Amount, Field(ge=Decimal(0), le=Decimal(1_000_000))]
    reason: Reason | None = None
