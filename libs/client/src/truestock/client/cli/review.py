"""report, findings, gate, approve, reject."""

from typing import Annotated

import typer

from truestock.client.cli import pick
from truestock.client.cli.session import Json, Reason, Revision, Session, session_of
from truestock.client.facade import Truestock
from truestock.client.show import importing as show
from truestock.client.show import validation
from truestock.client.show.words import counts, several
from truestock.contracts.problem import Refusal, RefusalKind

Batch = Annotated[str | None, typer.Argument(help="Batch id or its start (default: the newest).")]


def report(ctx: typer.Context, batch: Batch = None, as_json: Json = False) -> None:
    """Show the mapping report: coverage, how each listing maps, blockers, what approval waits for."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.batch(client, batch)
        found = await client.importer.report(chosen.batch_id)
        session.seen.note("batch", chosen.batch_id, found.batch.revision)
        session.answer(found, show.report(found), as_json=as_json)

    session.run(work)


def findings(
    ctx: typer.Context,
    batch: Batch = None,
    severity: Annotated[str | None, typer.Option(help="blocker, warning or info.")] = None,
    check: Annotated[str | None, typer.Option(help="For example stock.quantity.")] = None,
    finding_class: Annotated[str | None, typer.Option("--class", help="For example drift.")] = None,
    as_json: Json = False,
) -> None:
    """Show what validation found, worst first, with the fix on the internal record.

    With a filter and without a batch: the newest findings on every listing.
    """
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        if severity or check or finding_class:
            batch_id = (await pick.batch(client, batch)).batch_id if batch else None
            found = client.validator.findings(
                batch_id=batch_id, severity=severity, check=check, finding_class=finding_class
            )
            selected = [one async for one in found]
            session.answer(selected, validation.findings(selected), as_json=as_json)
            return
        chosen = await pick.batch(client, batch)
        whole = await client.validator.report(chosen.batch_id)
        session.answer(whole, validation.report(whole), as_json=as_json)

    session.run(work)


def revalidate(
    ctx: typer.Context,
    reason: Reason,
    batch: Batch = None,
    listing: Annotated[
        list[str] | None, typer.Option("--listing", help="Only this listing; repeatable.")
    ] = None,
) -> None:
    """Read a batch's listings live once more, by default those that have not passed."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.batch(client, batch)
        done = await client.validator.revalidate(chosen.batch_id, reason=reason, listing_ids=listing)
        session.out.print(f"Read {several(done.listings, 'listing')} again: {counts(done.verdicts)}.")
        if done.more:
            session.out.print("There are more: run the command again for the rest.")

    session.run(work)


def gate(
    ctx: typer.Context,
    connection: Annotated[str | None, typer.Argument(help="Connection id, account id or name.")] = None,
    as_json: Json = False,
) -> None:
    """Show whether a bulk import is allowed, and because of what."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.connection(client, connection)
        found = await client.importer.gate(chosen.connection_id)
        session.answer(found, show.gate(found), as_json=as_json)

    session.run(work)


def approve(
    ctx: typer.Context,
    batch: Batch = None,
    reason: Annotated[str | None, typer.Option("--reason", help="A remark for the audit trail.")] = None,
    revision: Revision = None,
) -> None:
    """Approve a sample as you saw it in its report; this opens the gate for a bulk import."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.batch(client, batch)
        seen = session.seen.revision("batch", chosen.batch_id, revision, look="truestock report")
        done = await client.importer.decide(chosen.batch_id, "approve", revision=seen, reason=reason)
        session.seen.note("batch", done.batch_id, done.revision)
        session.out.print(f"Approved {done.kind} {done.number}.")
        session.show(show.gate(await client.importer.gate(done.connection_id)))

    session.run(work)


def reject(
    ctx: typer.Context,
    reason: Reason,
    which: Annotated[
        str | None, typer.Argument(help="Batch or attempt id (default: the one that waits for a decision).")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Also take back what the rejected sample seeded.")
    ] = False,
    revision: Revision = None,
) -> None:
    """Reject a sample, or the account of an attempt that waits for confirmation."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        attempt_id = await _attempt(client, which)
        if attempt_id is not None:
            await _reject_attempt(session, client, attempt_id, reason, revision)
            return
        chosen = await pick.batch(client, which)
        seen = session.seen.revision("batch", chosen.batch_id, revision, look="truestock report")
        done = await client.importer.reject(chosen.batch_id, revision=seen, reason=reason, undo=undo)
        rest = "What it seeded was taken back." if undo else "`truestock undo` takes back what it seeded."
        session.out.print(f"Rejected {done.kind} {done.number}. {rest}")

    session.run(work)


async def _attempt(client: Truestock, which: str | None) -> str | None:
    """The attempt that is meant, if it is one; without a name, it must be all that waits."""
    waiting = [one async for one in client.connector.attempts() if one.state == "awaiting_confirmation"]
    if which is not None:
        return next((one.attempt_id for one in waiting if one.attempt_id.startswith(which)), None)
    if not waiting:
        return None
    reviewable = [one async for one in client.importer.batches() if one.state == "awaiting_review"]
    if reviewable or len(waiting) > 1:
        raise Refusal(
            "ambiguous",
            f"{len(reviewable)} batches and {len(waiting)} attempts wait for a decision.",
            remedy="Give the id of the one to reject.",
            kind=RefusalKind.INVALID,
        )
    return waiting[0].attempt_id


async def _reject_attempt(
    session: Session, client: Truestock, attempt_id: str, reason: str, revision: int | None
) -> None:
    seen = session.seen.revision("attempt", attempt_id, revision, look="truestock confirm")
    done = await client.connector.reject(attempt_id, reason=reason, revision=seen)
    session.out.print(f"The account was {done.state}; its tokens were erased.")
