"""After a decision: wait a moment for the verdicts that follow from it, then say what is still open."""

from truestock.client.cli.session import Session
from truestock.client.facade import Truestock
from truestock.client.models.importer import MappingReport
from truestock.client.show import importing as show

POLL = 0.25
"""Seconds between two looks."""

LOOKS = 24
"""Looks before giving up waiting: six seconds."""

QUIET = 3
"""Looks without a change after which it is over."""


async def settled(session: Session, client: Truestock, before: MappingReport) -> None:
    """Show what approval waits for, once decisions since ``before`` have taken effect."""
    current, quiet, moved = before, 0, False
    for _ in range(LOOKS):
        found = await client.importer.report(before.batch.batch_id)
        moved = moved or found != before
        quiet = quiet + 1 if found == current else 0
        current = found
        if found.approval.ready or (moved and quiet >= QUIET):
            break
        await session.asleep(POLL)
    session.seen.note("batch", current.batch.batch_id, current.batch.revision)
    if current.batch.kind == "sample":
        session.show(show.approval(current))
