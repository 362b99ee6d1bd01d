"""The commands, assembled in the order of the journey."""

from pathlib import Path
from typing import Annotated

import typer

from truestock.client.cli import (
    connect,
    connections,
    decide,
    dlq,
    identity,
    importing,
    items,
    policies,
    proposals,
    review,
    stock,
    watch,
)
from truestock.client.cli.session import Session

app = typer.Typer(
    name="truestock",
    help="Connect marketplaces, import listings carefully, and prove the first sync.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def root(
    ctx: typer.Context,
    endpoints: Annotated[
        Path | None,
        typer.Option("--endpoints", help="JSON file with the services' addresses.", metavar="FILE"),
    ] = None,
) -> None:
    """Connect marketplaces, import listings carefully, and prove the first sync."""
    if not isinstance(ctx.obj, Session):
        ctx.obj = Session.of_this_user(endpoints)


for name, command in (
    ("login", identity.login),
    ("logout", identity.logout),
    ("whoami", identity.whoami),
    ("policies", policies.policies),
    ("priority", connections.priority),
    ("buffer", policies.buffer),
    ("tolerance", policies.tolerance),
    ("connect", connect.connect),
    ("confirm", connect.confirm),
    ("connections", connections.connections),
    ("check", connections.check),
    ("reauthorize", connect.reauthorize),
    ("disconnect", connections.disconnect),
    ("import", importing.start),
    ("batches", importing.batches),
    ("watch", watch.watch),
    ("report", review.report),
    ("findings", review.findings),
    ("revalidate", review.revalidate),
    ("decide", decide.decide),
    ("proposals", proposals.proposals),
    ("proposal", proposals.proposal),
    ("attest", stock.attest),
    ("count", stock.count),
    ("approve", review.approve),
    ("reject", review.reject),
    ("gate", review.gate),
    ("pause", importing.pause),
    ("resume", importing.resume),
    ("cancel", importing.cancel),
    ("abandon", importing.abandon),
    ("undo", importing.undo),
    ("items", items.items),
    ("item", items.item),
    ("edit", items.edit),
):
    app.command(name)(command)
# A change of -1 is a number, not an option.
app.command("price-rule", context_settings={"ignore_unknown_options": True})(policies.price_rule)
app.command("adjust", context_settings={"ignore_unknown_options": True})(stock.adjust)
app.add_typer(dlq.app, name="dlq")
