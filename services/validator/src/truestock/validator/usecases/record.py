"""From a judgement to what is kept and announced."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from truestock.contracts.events import OpenIssue, SyncValidated
from truestock.contracts.values import Marketplace
from truestock.validator.domain.following import Subject
from truestock.validator.domain.judge import moved
from truestock.validator.domain.model import Base, Judgement
from truestock.validator.usecases.ports import VerdictRecord


def recorded(
    subject: Subject,
    judged: Judgement,
    *,
    base: Base | None,
    batch_id: UUID,
    sequence: int,
    correlation_id: UUID,
    open_issues: tuple[OpenIssue, ...],
    title: str,
    now: datetime,
    seeded: bool = True,
) -> tuple[Subject, VerdictRecord]:
    """The subject after its verdict, and the verdict. ``seeded`` False: about a listing without an item."""
    after = replace(
        subject,
        verdict_version=subject.verdict_version + 1,
        base=moved(base, judged.agreed) if base is not None else subject.base,
        validated_fingerprint=subject.fingerprint if seeded else subject.validated_fingerprint,
        validated_at=now,
    )
    key = subject.key
    event = SyncValidated(
        workspace_id=key.workspace_id,
        occurred_at=now,
        correlation_id=correlation_id,
        connection_id=key.connection_id,
        marketplace=Marketplace(subject.marketplace),
        listing_id=key.listing_id,
        batch_id=batch_id,
        version=after.verdict_version,
        sequence=sequence,
        item_id=subject.item_id if seeded else None,
        item_version=subject.item_version if seeded else None,
        fingerprint=subject.fingerprint if seeded else None,
        verdict=judged.verdict,
        findings=judged.findings,
        open_issues=open_issues,
    )
    return after, VerdictRecord(event, title, now)
