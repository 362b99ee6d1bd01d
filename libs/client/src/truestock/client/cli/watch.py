"""watch: progress bars until a batch waits for an operator or has ended."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from truestock.client.cli import pick
from truestock.client.cli.session import Session, session_of
from truestock.client.facade import Truestock
from truestock.client.models.importer import Batch
from truestock.client.show import importing as show
from truestock.contracts.problem import Refusal, RefusalKind

POLL = 0.4
"""Seconds between two looks at a batch."""

PATIENCE = 75
"""Looks in a row that may fail (a service that restarts) before giving up: 30 seconds."""

HALTED = frozenset({"paused", "waiting_for_reauthorization"})
"""States that end watching: the batch goes on only after somebody has acted."""


def watch(
    ctx: typer.Context,
    batch: Annotated[str | None, typer.Argument(help="Batch id or its start (default: the newest).")] = None,
) -> None:
    """Show a batch's progress until it waits for you or has ended; Ctrl-C only stops watching."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        await follow(session, client, await pick.batch(client, batch))

    session.run(work)


async def follow(session: Session, client: Truestock, batch: Batch) -> Batch:
    """Draw the batch until it makes no further progress, then say what comes next."""
    misses = 0
    current = batch
    with bars(session) as drawn:
        reading = drawn.add_task("read", total=None, state="")
        closing = drawn.add_task("validated", total=None, state="")
        while True:
            draw(drawn, reading, closing, current)
            if current.reviewable or current.state in HALTED:
                break
            await session.asleep(POLL)
            try:
                current = await client.importer.batch(batch.batch_id)
                misses = 0
            except Refusal as refusal:
                misses += 1
                if refusal.kind is not RefusalKind.UNAVAILABLE or misses > PATIENCE:
                    raise
    session.show(show.batch(current))
    session.out.print(hint(current))
    return current


def bars(session: Session) -> Progress:
    """Progress bars as this command draws them."""
    return Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        console=session.out,
        transient=False,
    )


def draw(progress: Progress, reading: TaskID, closing: TaskID, batch: Batch) -> None:
    """Move the two bars to where the batch is."""
    seen = batch.progress
    state = batch.state.replace("_", " ")
    progress.update(reading, completed=seen.read, total=seen.total, state=state)
    progress.update(
        closing, completed=seen.closed, total=seen.total or seen.read or None, state=f"{seen.open} open"
    )


def hint(batch: Batch) -> str:
    """What an operator does next."""
    return {
        "awaiting_review": "Next: `truestock report`, then decide what is open.",
        "waiting_for_reauthorization": "The marketplace asks for access again: `truestock reauthorize`.",
        "paused": "`truestock resume` goes on.",
        "completed_with_findings": "Next: `truestock findings`.",
        "failed": f"The batch failed: {batch.reason or 'no reason was given'}.",
    }.get(batch.state, "")
