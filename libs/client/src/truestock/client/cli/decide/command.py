"""The command itself: which batch, in bulk or one by one."""

from typing import Annotated

import typer

from truestock.client.cli import pick
from truestock.client.cli.decide import bulk, one_by_one
from truestock.client.cli.decide.choices import ForHeld, ForProposals, ForSplits
from truestock.client.cli.session import session_of
from truestock.client.cli.settling import settled
from truestock.client.facade import Truestock
from truestock.contracts.problem import Refusal, RefusalKind


def decide(
    ctx: typer.Context,
    batch: Annotated[str | None, typer.Argument(help="Batch id or its start (default: the newest).")] = None,
    all_splits: Annotated[
        ForSplits | None, typer.Option("--all-splits", help="Decide every open split of the batch alike.")
    ] = None,
    all_held: Annotated[
        ForHeld | None, typer.Option("--all-held", help="Decide every held listing of the batch alike.")
    ] = None,
    all_proposals: Annotated[
        ForProposals | None,
        typer.Option("--all-proposals", help="Decide every open proposal of the batch alike."),
    ] = None,
    waive: Annotated[
        list[str] | None,
        typer.Option("--waive", metavar="CODE", help="Waive every open blocker of this code (admins)."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="LISTING", help="Leave a listing out of the sample."),
    ] = None,
    replace: Annotated[
        list[str] | None, typer.Option("--replace", metavar="LISTING", help="Take another listing instead.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept in the audit trail.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before dividing stock evenly.")] = False,
) -> None:
    """Decide splits, held listings and blockers one by one; with options, in bulk."""
    session = session_of(ctx)
    in_bulk = any((all_splits, all_held, all_proposals, waive, exclude, replace))

    async def work(client: Truestock) -> None:
        if in_bulk and reason is None:
            raise _needs_reason()
        if not in_bulk and not session.interactive:
            raise _needs_terminal()
        chosen = await pick.batch(client, batch)
        before = await client.importer.report(chosen.batch_id)
        if not in_bulk:
            await one_by_one.decide(session, client, chosen.batch_id)
        else:
            decisions = bulk.Bulk(session, client, chosen.batch_id, reason or "")
            if all_splits:
                await decisions.splits(all_splits, sure=yes)
            if all_held:
                await decisions.held(all_held)
            if all_proposals:
                await decisions.proposals(all_proposals)
            await decisions.listings(exclude=exclude or (), replace=replace or ())
            await decisions.waive(waive or ())
        await settled(session, client, before)

    session.run(work)


def _needs_reason() -> Refusal:
    return Refusal(
        "reason_missing",
        "Decisions in bulk need a reason.",
        remedy="Add --reason, for example --reason 'one size only'.",
        kind=RefusalKind.INVALID,
    )


def _needs_terminal() -> Refusal:
    return Refusal(
        "not_a_terminal",
        "Deciding one by one needs a terminal.",
        remedy="Decide in bulk: --all-splits, --all-held, --all-proposals, --waive, --exclude, --replace.",
        kind=RefusalKind.INVALID,
    )
