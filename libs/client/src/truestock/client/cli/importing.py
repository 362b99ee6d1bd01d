"""import, batches, cancel, undo."""

from enum import StrEnum
from typing import Annotated, Literal

import typer

from truestock.client.cli import pick
from truestock.client.cli.asking import sure
from truestock.client.cli.session import Json, Reason, Revision, session_of
from truestock.client.cli.watch import follow
from truestock.client.facade import Truestock
from truestock.client.show import importing as show
from truestock.client.show.words import facts
from truestock.contracts.problem import Refusal

Batch = Annotated[str | None, typer.Argument(help="Batch id or its start (default: the newest).")]


class Kind(StrEnum):
    """What to import."""

    SAMPLE = "sample"
    BULK = "bulk"


def start(
    ctx: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="A small sample to review, or everything.")],
    connection: Annotated[
        str | None, typer.Option("--connection", help="Connection id, account id or name.")
    ] = None,
    size: Annotated[int | None, typer.Option(help="Listings in the sample (at most 25; default 8).")] = None,
    seed: Annotated[int | None, typer.Option(help="Repeat an earlier sample's choice.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="A listing to leave out; repeatable.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay and show progress.")] = False,
) -> None:
    """Import a sample, or, once its sample is approved, everything."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.connection(client, connection)
        batch = await client.importer.start(
            chosen.connection_id, kind.value, size=size, seed=seed, exclude=exclude or ()
        )
        session.out.print(f"Started {batch.kind} {batch.number} of {chosen.account.name}: {batch.batch_id}")
        if watch:
            await follow(session, client, batch)
        else:
            session.out.print("`truestock watch` shows its progress.")

    session.run(work)


def batches(
    ctx: typer.Context,
    connection: Annotated[
        str | None, typer.Option("--connection", help="Connection id, account id or name.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List import batches, newest first."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = (await pick.connection(client, connection)).connection_id if connection else None
        found = [one async for one in client.importer.batches(connection_id=chosen)]
        session.answer(found, show.batches(found), as_json=as_json)

    session.run(work)


def pause(ctx: typer.Context, reason: Reason, batch: Batch = None, revision: Revision = None) -> None:
    """Stop reading a batch after the page under way; `resume` goes on."""
    _steer(ctx, "pause", batch, revision, reason)


def resume(ctx: typer.Context, reason: Reason, batch: Batch = None, revision: Revision = None) -> None:
    """Go on with a batch that was paused."""
    _steer(ctx, "resume", batch, revision, reason)


def cancel(ctx: typer.Context, reason: Reason, batch: Batch = None, revision: Revision = None) -> None:
    """Stop a batch; what it has already sent is finished first."""
    _steer(ctx, "cancel", batch, revision, reason)


def _steer(
    ctx: typer.Context,
    command: Literal["pause", "resume", "cancel"],
    batch: str | None,
    revision: int | None,
    reason: str,
) -> None:
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.batch(client, batch)
        seen = chosen.revision if revision is None else revision
        done = await client.importer.decide(chosen.batch_id, command, revision=seen, reason=reason)
        session.out.print(f"{done.kind.capitalize()} {done.number} is {done.state.replace('_', ' ')}.")

    session.run(work)


def abandon(
    ctx: typer.Context,
    listing: Annotated[list[str], typer.Argument(help="Listings whose answer never comes.")],
    reason: Reason,
    batch: Annotated[str | None, typer.Option("--batch", help="Batch id or its start.")] = None,
) -> None:
    """Stop waiting for a listing's answer, so that its batch can end."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        current = await pick.batch(client, batch)
        for one in listing:
            current = await client.importer.decide_listing(
                current.batch_id, one, "abandon", revision=current.revision, reason=reason
            )
        session.show(show.batch(current))

    session.run(work)


def undo(
    ctx: typer.Context,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; it is kept in the audit trail.")
    ] = "undone by the operator",
    batch: Batch = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Undo after showing the preview, without asking.")
    ] = False,
) -> None:
    """Undo a batch: shows what would happen, asks, then does it."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.batch(client, batch)
        if chosen.undone_at is not None:
            raise Refusal(
                "already_undone",
                f"{chosen.kind.capitalize()} {chosen.number} was undone by {chosen.undone_by}.",
                remedy="Give the id of an earlier batch, or start a new sample.",
            )
        preview = await client.importer.undo_preview(chosen.batch_id)
        session.show(show.batch(chosen))
        session.show(
            facts(
                ("items to archive (untouched)", len(preview.archive)),
                ("items to unlink only (touched)", len(preview.unlink)),
            )
        )
        if not yes:
            sure("\nUndo this batch?")
        seen = chosen.revision if preview.revision is None else preview.revision
        done = await client.importer.undo(chosen.batch_id, revision=seen, reason=reason)
        session.out.print(f"Undone {done.kind} {done.number}; its listings will be seeded afresh.")

    session.run(work)
