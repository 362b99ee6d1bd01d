"""proposals, proposal: what later imports would change in the internal record."""

from enum import StrEnum
from typing import Annotated

import typer

from truestock.client.cli import pick
from truestock.client.cli.session import Json, Revision, session_of
from truestock.client.facade import Truestock
from truestock.client.models.inventory import Proposal
from truestock.client.show import proposals as show
from truestock.contracts.problem import Refusal, RefusalKind


class State(StrEnum):
    """Where a decision stands."""

    OPEN = "open"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


def proposals(
    ctx: typer.Context,
    batch: Annotated[str | None, typer.Option("--batch", help="Only of this batch: its id or start.")] = None,
    state: Annotated[State, typer.Option("--state", help="Where the decision stands.")] = State.OPEN,
    as_json: Json = False,
) -> None:
    """List what later imports would change in the internal record (decide: truestock proposal)."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        batch_id = (await pick.batch(client, batch)).batch_id if batch else None
        found = client.inventory.proposals(state=state.value, batch_id=batch_id)
        listed = [one async for one in found]
        session.answer(listed, show.proposals(listed), as_json=as_json)

    session.run(work)


def proposal(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(help="Proposal id or its start.", metavar="PROPOSAL")],
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="FIELD", help="Take over this field; repeatable."),
    ] = None,
    accept_all: Annotated[bool, typer.Option("--accept-all", help="Take over all that can be.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Take over nothing: inventory is right.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept in the audit trail.")] = None,
    revision: Revision = None,
    as_json: Json = False,
) -> None:
    """Show a proposal, or decide it: what is not accepted stays as inventory has it."""
    session = session_of(ctx)
    choices = sum((bool(accept), accept_all, keep))

    async def work(client: Truestock) -> None:
        if choices > 1 or (choices and reason is None):
            raise _unclear()
        found = await pick.proposal(client, which)
        if choices:
            seen = session.seen.revision(
                "proposal", found.proposal_id, revision, look=f"truestock proposal {which}"
            )
            found = await client.inventory.decide_proposal(
                found.proposal_id,
                accept_fields=_accepted(found, accept, accept_all),
                revision=seen,
                reason=reason or "",
            )
        session.seen.note("proposal", found.proposal_id, found.revision)
        session.answer(found, show.proposal(found), as_json=as_json)

    session.run(work)


def _accepted(found: Proposal, named: list[str] | None, everything: bool) -> list[str]:
    return found.acceptable if everything else list(named or ())


def _unclear() -> Refusal:
    return Refusal(
        "decision_unclear",
        "A decision is one of --accept FIELD, --accept-all or --keep, with its reason.",
        remedy="For example --accept title --reason 'the marketplace is right'; without any it is shown.",
        kind=RefusalKind.INVALID,
    )
