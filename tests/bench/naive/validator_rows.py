"""The rows of one verdict."""

from datetime import datetime

from bench.naive.findings import rank
from bench.naive.validator_tables import FindingLine, Subject, Verdict
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from truestock.contracts.events import InventorySeeded, SyncState, SyncValidated


async def write_subject(
    session: AsyncSession, event: InventorySeeded, state: SyncState, base: str, now: datetime
) -> Subject:
    """The listing as it is followed from now on, with one verdict more."""
    row = await session.get(Subject, (event.workspace_id, event.connection_id, event.listing_id))
    if row is None:
        row = Subject(
            workspace_id=event.workspace_id,
            connection_id=event.connection_id,
            listing_id=event.listing_id,
            base=base,
            verdict_version=0,
        )
        session.add(row)
    row.marketplace, row.account_id = event.marketplace.value, event.account_id
    row.item_id, row.item_version = state.item_id, state.item_version
    row.fingerprint = row.validated_fingerprint = state.fingerprint
    row.state = state.model_dump_json(exclude={"shared": {"description"}})
    row.state_at, row.validated_at = event.occurred_at, now
    row.batch_id, row.batch_kind, row.sequence = event.batch_id, event.batch_kind.value, event.sequence
    row.verdict_version += 1
    return row


async def write_verdict(session: AsyncSession, answer: SyncValidated, title: str) -> None:
    """The batch's verdict on the listing, with its findings instead of earlier ones."""
    key = (answer.workspace_id, answer.batch_id, answer.connection_id, answer.listing_id)
    names = ("workspace_id", "batch_id", "connection_id", "listing_id")
    row = await session.get(Verdict, key)
    if row is None:
        row = Verdict(**dict(zip(names, key, strict=True)))
        session.add(row)
    else:
        columns = (getattr(FindingLine, name) for name in names)
        await session.execute(
            delete(FindingLine).where(*(c == value for c, value in zip(columns, key, strict=True)))
        )
    row.version, row.sequence = answer.version, answer.sequence
    row.marketplace, row.title, row.verdict = answer.marketplace.value, title, answer.verdict.value
    row.item_id, row.item_version, row.fingerprint = answer.item_id, answer.item_version, answer.fingerprint
    row.open_issues, row.findings = [issue.value for issue in answer.open_issues], len(answer.findings)
    row.validated_at = answer.occurred_at
    for ordinal, finding in enumerate(answer.findings):
        session.add(
            FindingLine(
                **dict(zip(names, key, strict=True)),
                ordinal=ordinal,
                rank=rank(finding),
                check_name=finding.check.value,
                finding_class=finding.finding_class.value,
                severity=finding.severity.value,
                variant_id=finding.variant_id,
                subject=finding.subject,
                base=finding.base,
                inventory=finding.inventory,
                marketplace=finding.marketplace,
                fix=finding.fix,
            )
        )
