"""connect, confirm, reauthorize: from the marketplace's consent to a confirmed account."""

from typing import Annotated

import typer

from truestock.client.cli import pick
from truestock.client.cli.asking import typed
from truestock.client.cli.session import Revision, Session, session_of
from truestock.client.facade import Truestock
from truestock.client.models.connector import Attempt
from truestock.client.show import connecting as show
from truestock.client.show import connections as shown_connections
from truestock.contracts.problem import Refusal

POLL = 0.5
"""Seconds between two looks at an attempt while the seller is at the marketplace."""

NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Print the address and end; do not wait for the seller.")
]


def connect(
    ctx: typer.Context,
    marketplace: Annotated[str, typer.Argument(help="etsy, ebay, shopify, woocommerce or amazon.")],
    expect_id: Annotated[
        str | None, typer.Option("--expect-id", help="The account id that must come back.")
    ] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", help="Shopify: NAME.myshopify.com; WooCommerce: the store's address."),
    ] = None,
    expect_name: Annotated[
        str | None, typer.Option("--expect-name", help="The account name that you expect (a hint).")
    ] = None,
    skip_sequence: Annotated[
        str | None,
        typer.Option("--skip-sequence", metavar="REASON", help="Connect before the last sample is approved."),
    ] = None,
    skip_priority: Annotated[
        str | None,
        typer.Option("--skip-priority", metavar="REASON", help="Connect out of the priority order."),
    ] = None,
    no_wait: NoWait = False,
) -> None:
    """Start connecting a seller account and wait until the seller has agreed at the marketplace."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        started = await client.connector.start(
            marketplace,
            expected_id=expect_id,
            expected_name=expect_name,
            store=store,
            skip_sequence_reason=skip_sequence,
            skip_priority_reason=skip_priority,
        )
        await authorize(session, client, started, wait=not no_wait)

    session.run(work)


def reauthorize(
    ctx: typer.Context,
    connection: Annotated[str | None, typer.Argument(help="Connection id, account id or name.")] = None,
    no_wait: NoWait = False,
) -> None:
    """Authorize a connection again; the same account must come back."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.connection(client, connection)
        started = await client.connector.reauthorize(chosen.connection_id)
        await authorize(session, client, started, wait=not no_wait)

    session.run(work)


async def authorize(session: Session, client: Truestock, started: Attempt, *, wait: bool) -> None:
    """Send the seller to the marketplace, wait for the callback, show what came back."""
    session.out.print("Open this address in a browser, log in as the seller, and agree:")
    session.out.print(started.authorization_url or "", soft_wrap=True, highlight=False)
    if not wait:
        session.out.print(f"Then run `truestock confirm {started.attempt_id}` to look at the account.")
        return
    current = started
    with session.err.status(
        "Waiting for the seller to agree at the marketplace … (Ctrl-C leaves; nothing is lost)"
    ):
        while current.state == "started":
            await session.asleep(POLL)
            current = await client.connector.attempt(started.attempt_id)
    shown(session, current)


def shown(session: Session, attempt: Attempt) -> None:
    """Show an attempt for review; raises :class:`Refusal` when it did not lead to an account."""
    session.show(show.attempt(attempt))
    session.seen.note("attempt", attempt.attempt_id, attempt.revision)
    if attempt.state in ("denied", "failed", "expired", "superseded", "rejected"):
        failure = attempt.failure
        raise Refusal(
            failure.code if failure else f"attempt_{attempt.state}",
            failure.detail if failure else f"The attempt has ended: {attempt.state}.",
            remedy=(failure.remedy if failure else "") or "Start again with `truestock connect`.",
        )
    if attempt.state == "awaiting_confirmation" and attempt.account:
        session.out.print(
            f"\nIf this is the right account, run:\n  truestock confirm {attempt.attempt_id}"
            f" --account {attempt.account.id} --settings {attempt.settings_hash}",
            soft_wrap=True,
            highlight=False,
        )


def confirm(
    ctx: typer.Context,
    attempt: Annotated[str | None, typer.Argument(help="Attempt id (default: the one under way).")] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="Repeat the account id that was shown.")
    ] = None,
    settings: Annotated[
        str | None, typer.Option("--settings", help="Repeat the settings hash that was shown.")
    ] = None,
    accept_mismatch: Annotated[
        str | None,
        typer.Option("--accept-mismatch", metavar="REASON", help="Accept another account than expected."),
    ] = None,
    revision: Revision = None,
) -> None:
    """Confirm the account and settings that were shown; without options, shows them and asks."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        current = await pick.attempt(client, attempt)
        account_id, settings_hash, seen = account, settings, revision
        if account_id is None or settings_hash is None:
            shown(session, current)
            if not current.account or not current.settings_hash:
                raise _not_back(current)
            answer = typed("\nType the account id to confirm it, or nothing to leave")
            if not answer:
                session.out.print("Nothing was confirmed.")
                return
            account_id, settings_hash, seen = answer, current.settings_hash, current.revision
        done = await client.connector.confirm(
            current.attempt_id,
            account_id=account_id,
            settings_hash=settings_hash,
            revision=session.seen.revision("attempt", current.attempt_id, seen, look="truestock confirm"),
            accept_mismatch_reason=accept_mismatch,
        )
        session.seen.note("connection", done.connection_id, done.revision)
        session.show(shown_connections.connection(done))
        if done.sample_approved:
            session.out.print("\nConnected again; its sample is approved already.")
        else:
            session.out.print("\nConnected. Next: `truestock import sample`.")

    session.run(work)


def _not_back(attempt: Attempt) -> Refusal:
    return Refusal(
        "seller_not_back",
        "The seller has not agreed at the marketplace yet, so there is no account to confirm.",
        remedy=f"Open {attempt.authorization_url}" if attempt.authorization_url else "Connect again.",
    )
