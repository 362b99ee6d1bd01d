"""connections, check, disconnect, priority."""

from typing import Annotated

import typer

from truestock.client.cli import pick
from truestock.client.cli.asking import sure
from truestock.client.cli.session import Json, Reason, Revision, session_of
from truestock.client.facade import Truestock
from truestock.client.show import connections as show


def connections(
    ctx: typer.Context,
    connection: Annotated[str | None, typer.Argument(help="Show this one in full.")] = None,
    as_json: Json = False,
) -> None:
    """List the connected seller accounts with their nearest deadline, or show one of them in full."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        if connection is not None:
            chosen = await pick.connection(client, connection)
            session.seen.note("connection", chosen.connection_id, chosen.revision)
            session.answer(chosen, show.connection(chosen), as_json=as_json)
            return
        found = [one async for one in client.connector.connections()]
        for one in found:
            session.seen.note("connection", one.connection_id, one.revision)
        session.answer(found, show.connections(found), as_json=as_json)

    session.run(work)


def check(
    ctx: typer.Context,
    connection: Annotated[str | None, typer.Argument(help="Connection id, account id or name.")] = None,
    as_json: Json = False,
) -> None:
    """Try every permission of a connection with a live read, and look at its account again."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.connection(client, connection)
        with session.err.status(f"Asking {chosen.marketplace} …"):
            found = await client.connector.check(chosen.connection_id)
        session.seen.note("connection", found.connection_id, found.revision)
        session.answer(found, show.checked(found), as_json=as_json)

    session.run(work)


def disconnect(
    ctx: typer.Context,
    reason: Reason,
    connection: Annotated[str | None, typer.Argument(help="Connection id, account id or name.")] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Also archive the items that nobody touched since seeding.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    revision: Revision = None,
) -> None:
    """Revoke and erase access to a seller account; its items stay (unless --withdraw)."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.connection(client, connection)
        seen = revision
        if seen is None and not yes:
            session.show(show.connection(chosen))
            sure("\nDisconnect this account?")
            seen = chosen.revision
        done = await client.connector.disconnect(
            chosen.connection_id,
            reason=reason,
            withdraw=withdraw,
            revision=session.seen.revision(
                "connection", chosen.connection_id, seen, look="truestock connections"
            ),
        )
        session.seen.note("connection", done.connection_id, done.revision)
        session.out.print(f"Disconnected {done.account.name}. Its access was erased.")

    session.run(work)


def priority(
    ctx: typer.Context,
    marketplaces: Annotated[
        list[str] | None, typer.Argument(help="The new order, highest first; nothing shows the order.")
    ] = None,
    revision: Revision = None,
    as_json: Json = False,
) -> None:
    """Show or set the order in which this workspace connects its marketplaces."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        if marketplaces:
            seen = revision if revision is not None else (await client.connector.policies()).revision
            current = await client.connector.set_priority(marketplaces, revision=seen)
        else:
            current = await client.connector.policies()
        order = " → ".join(current.priority) or "no order is set"
        session.answer(current, f"{order}  (revision {current.revision})", as_json=as_json)

    session.run(work)
