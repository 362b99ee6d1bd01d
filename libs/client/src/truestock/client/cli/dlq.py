"""dlq list, show, replay, discard: what a service could not process."""

from typing import Annotated

import typer

from truestock.client.cli.session import EXIT, Json, Reason, Session, session_of
from truestock.client.facade import Truestock
from truestock.client.models.dead_letters import DeadLetter
from truestock.client.show import dead_letters as show
from truestock.contracts.problem import Refusal, RefusalKind

app = typer.Typer(
    help="What a service could not process: look at it, replay it after the fix, or discard it."
)

Letter = Annotated[str, typer.Argument(help="As `dlq list` shows it.", metavar="GROUP/PARTITION/OFFSET")]
Letters = Annotated[
    list[str] | None, typer.Argument(help="As `dlq list` shows them.", metavar="[GROUP/PARTITION/OFFSET]...")
]


@app.command("list")
def list_open(
    ctx: typer.Context,
    group: Annotated[str | None, typer.Option("--group", help="Only of this consumer group.")] = None,
    as_json: Json = False,
) -> None:
    """List what is neither replayed nor discarded, of all services."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        found = [letter async for letter in client.dead_letters.open(group=group)]
        session.answer(found, show.dead_letters(found), as_json=as_json)

    session.run(work)


@app.command("show")
def show_one(ctx: typer.Context, letter: Letter, as_json: Json = False) -> None:
    """Show one with its headers and content."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        found = await client.dead_letters.show(letter)
        session.answer(found, show.dead_letter(found), as_json=as_json)

    session.run(work)


@app.command("replay")
def replay(
    ctx: typer.Context,
    letters: Letters = None,
    group: Annotated[
        str | None, typer.Option("--group", help="All that are open of this consumer group.")
    ] = None,
) -> None:
    """Hand records to their consumer group once more; each says whether it succeeded."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        if bool(letters) == (group is not None):
            raise _unclear()
        names = letters or [letter.id async for letter in client.dead_letters.open(group=group)]
        failed = [refusal for name in names if (refusal := await _replayed(session, client, name))]
        done = len(names) - len(failed)
        session.out.print(f"{done} replayed, {len(failed)} not.")
        if failed:
            raise typer.Exit(EXIT[failed[0].kind])

    session.run(work)


@app.command("discard")
def discard(ctx: typer.Context, letter: Letter, reason: Reason) -> None:
    """Give a record up for good; who and why are kept in the audit trail."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        gone = await client.dead_letters.discard(letter, reason=reason)
        session.out.print(f"{gone.id} was discarded by {gone.settled_by}.", soft_wrap=True, highlight=False)

    session.run(work)


async def _replayed(session: Session, client: Truestock, name: str) -> Refusal | None:
    try:
        letter: DeadLetter = await client.dead_letters.replay(name)
    except Refusal as refusal:
        if refusal.kind is RefusalKind.FORBIDDEN:
            raise
        session.err.print(
            f"{name}: {refusal.detail} {refusal.remedy}", soft_wrap=True, highlight=False, markup=False
        )
        return refusal
    session.out.print(f"{letter.id}: replayed", soft_wrap=True, highlight=False, markup=False)
    return None


def _unclear() -> Refusal:
    return Refusal(
        "replay_unclear",
        "A replay is of named dead letters, or of all of a group.",
        remedy="Name them, or give --group as `truestock dlq list` shows it.",
        kind=RefusalKind.INVALID,
    )
