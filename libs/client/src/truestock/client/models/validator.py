"""Verdicts and findings."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AliasChoices, Field

from truestock.client.models.common import Answer


class FindingSeen(Answer):
    """One disagreement, its three sides as text (None = unknown), and the fix on the internal record."""

    connection_id: str | None = None
    listing_id: str | None = None
    item_id: str | None = None
    title: str = ""
    check: str
    finding_class: Annotated[
        str, Field(validation_alias=AliasChoices("class", "finding_class"), serialization_alias="class")
    ] = ""
    severity: str
    variant_id: str | None = None
    subject: str = ""
    base: str | None = None
    inventory: str | None = None
    marketplace: str | None = None
    fix: str = ""


class VerdictSeen(Answer):
    """The newest verdict on one listing."""

    connection_id: str
    listing_id: str
    batch_id: str | None = None
    item_id: str | None = None
    verdict: str
    version: int = 0
    title: str = ""
    open_issues: tuple[str, ...] = ()
    findings: tuple[FindingSeen, ...] = ()
    validated_at: datetime | None = None


class ValidationReport(Answer):
    """One page of a batch's validation report, worst findings first."""

    verdicts: dict[str, int] = Field(default_factory=dict)
    by_check: dict[str, dict[str, dict[str, int]]] = Field(default_factory=dict)
    findings: tuple[FindingSeen, ...] = ()
    next_cursor: str | None = None


class ValidatorPolicies(Answer):
    """``price_tolerance``: how far prices may differ without a finding, in the listing's currency."""

    price_tolerance: Decimal
    revision: int


class Revalidation(Answer):
    """How many listings were read live once more, and their verdicts; ``more``: repeat for the rest."""

    listings: int = 0
    verdicts: dict[str, int] = Field(default_factory=dict)
    more: bool = False
