"""items, item, edit: the internal record."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from rich.console import Group

from truestock.client.cli import pick
from truestock.client.cli.session import Json, Reason, Revision, session_of
from truestock.client.cli.stock import variant_of
from truestock.client.facade import Truestock
from truestock.client.show import inventory as show
from truestock.contracts.problem import Refusal, RefusalKind

SHOWN = 200
"""Rows of the table; --json gives all."""


def items(
    ctx: typer.Context,
    search: Annotated[str | None, typer.Argument(help="Words of a title.")] = None,
    sku: Annotated[str | None, typer.Option(help="Exactly this SKU.")] = None,
    connection: Annotated[str | None, typer.Option(help="Only items listed on this connection.")] = None,
    state: Annotated[str | None, typer.Option(help="active or archived.")] = None,
    summary: Annotated[bool, typer.Option("--summary", help="Only the totals.")] = False,
    as_json: Json = False,
) -> None:
    """List inventory items, or show the totals."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = (await pick.connection(client, connection)).connection_id if connection else None
        totals = await client.inventory.summary(connection_id=chosen)
        if summary:
            session.answer(totals, show.summary(totals), as_json=as_json)
            return
        found = []
        async for one in client.inventory.items(q=search, sku=sku, connection_id=chosen, state=state):
            found.append(one)
            if len(found) == SHOWN and not as_json:
                break
        end = f"{len(found)} of {totals.items} items, {totals.stock} pieces in stock"
        session.answer(found, Group(show.items(found), end), as_json=as_json)

    session.run(work)


def item(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(help="Item id, its start, or a SKU.", metavar="ITEM")],
    movements: Annotated[bool, typer.Option("--movements", help="Also show the stock ledger.")] = False,
    as_json: Json = False,
) -> None:
    """Show one item: variants, stock, prices, and where it is listed."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        found = await pick.item(client, which)
        session.seen.note("item", found.item_id, found.revision)
        session.answer(found, show.item(found), as_json=as_json)
        if movements:
            ledger = [one async for one in client.inventory.movements(found.item_id)]
            session.answer(ledger, show.movements(found, ledger), as_json=as_json)

    session.run(work)


def edit(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(help="Item id, its start, or a SKU.", metavar="ITEM")],
    reason: Reason,
    title: Annotated[str | None, typer.Option(help="The new title.")] = None,
    price: Annotated[str | None, typer.Option(help="The new price intent, for example '12.50 EUR'.")] = None,
    new_sku: Annotated[str | None, typer.Option("--new-sku", help="The variant's new SKU.")] = None,
    variant: Annotated[str | None, typer.Option(help="Variant id, SKU or option value.")] = None,
    revision: Revision = None,
) -> None:
    """Change the internal record: title, price or SKU. Validation repeats itself by itself."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        found = await pick.item(client, which)
        changes: dict[str, Any] = {"title": title} if title else {}
        if price or new_sku:
            change: dict[str, Any] = {"variant_id": variant_of(found, variant, sku=which).variant_id}
            change |= {"price": amount(price)} if price else {}
            change |= {"sku": new_sku} if new_sku else {}
            changes["variants"] = [change]
        if not changes:
            raise Refusal(
                "nothing_to_change",
                "Nothing to change was given.",
                remedy="Give --title, --price or --new-sku.",
                kind=RefusalKind.INVALID,
            )
        seen = session.seen.revision("item", found.item_id, revision, look=f"truestock item {which}")
        done = await client.inventory.edit(found.item_id, changes, revision=seen, reason=reason)
        session.seen.note("item", done.item_id, done.revision)
        session.show(show.item(done))

    session.run(work)


def amount(text: str) -> dict[str, str]:
    """``12.50 EUR`` as the API takes it; raises :class:`Refusal`."""
    number, _, currency = text.strip().partition(" ")
    try:
        if not Decimal(number).is_finite() or len(currency) != 3:
            raise InvalidOperation
    except InvalidOperation:
        raise Refusal(
            "price_unreadable",
            f"{text!r} is not a price.",
            remedy="Write an amount and a currency, for example '12.50 EUR'.",
            kind=RefusalKind.INVALID,
        ) from None
    return {"amount": number, "currency": currency.upper()}
