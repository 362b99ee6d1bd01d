"""policies, buffer, price-rule, tolerance: what holds for the whole workspace."""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

import typer

from truestock.client.cli import pick
from truestock.client.cli.session import Json, Reason, Revision, session_of
from truestock.client.facade import Truestock
from truestock.client.models.inventory import ChannelPriceRule, InventoryPolicies
from truestock.client.models.policies import WorkspacePolicies
from truestock.client.show import policies as show
from truestock.contracts.problem import Refusal, RefusalKind


class PriceKind(StrEnum):
    """``same`` price, a ``markup`` by a factor, or a ``fixed`` amount on top."""

    SAME = "same"
    MARKUP = "markup"
    FIXED = "fixed"


def policies(ctx: typer.Context, as_json: Json = False) -> None:
    """Show priority order, buffers, price rules and tolerances."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        found = WorkspacePolicies(
            connector=await client.connector.policies(),
            inventory=await client.inventory.policies(),
            validator=await client.validator.policies(),
        )
        session.answer(found, show.policies(found, await _accounts(client)), as_json=as_json)

    session.run(work)


def buffer(
    ctx: typer.Context,
    marketplace: Annotated[str, typer.Argument(help="For example etsy.")],
    pieces: Annotated[int, typer.Argument(min=0, help="Pieces of every variant to hold back; 0 for none.")],
    reason: Reason,
    revision: Revision = None,
) -> None:
    """Hold pieces back from a marketplace, against overselling."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        now = await client.inventory.policies()
        buffers = {**now.buffers, marketplace: pieces}
        kept = {name: number for name, number in buffers.items() if number}
        done = await client.inventory.set_policies(
            kept, now.price_rules, revision=_seen(revision, now), reason=reason
        )
        session.show(show.stock_and_prices(done, await _accounts(client)))

    session.run(work)


def price_rule(
    ctx: typer.Context,
    connection: Annotated[str, typer.Argument(help="Connection id, account id or name.")],
    kind: Annotated[PriceKind, typer.Argument(help="same, markup (a factor) or fixed (an amount to add).")],
    reason: Reason,
    value: Annotated[str | None, typer.Argument(help="For example 1.10 as a markup.")] = None,
    tolerance: Annotated[
        str, typer.Option("--tolerance", help="How far a shown price may be off, in its currency.")
    ] = "0",
    revision: Revision = None,
) -> None:
    """Set how a connection's prices follow from the internal ones."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        rule = ChannelPriceRule(
            kind=kind.value, value=_decimal(value) if value else None, tolerance=_decimal(tolerance)
        )
        chosen = await pick.connection(client, connection)
        now = await client.inventory.policies()
        done = await client.inventory.set_policies(
            now.buffers,
            {**now.price_rules, chosen.connection_id: rule},
            revision=_seen(revision, now),
            reason=reason,
        )
        session.show(show.stock_and_prices(done, await _accounts(client)))

    session.run(work)


def tolerance(
    ctx: typer.Context,
    amount: Annotated[str, typer.Argument(help="In the listing's currency, for example 0.05.")],
    reason: Reason,
    revision: Revision = None,
) -> None:
    """Set how far prices may differ before validation says so; the next verdicts use it."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        wanted = _decimal(amount)
        seen = revision if revision is not None else (await client.validator.policies()).revision
        done = await client.validator.set_price_tolerance(wanted, revision=seen, reason=reason)
        session.out.print(f"Prices may differ by {done.price_tolerance}.", highlight=False)

    session.run(work)


def _seen(given: int | None, now: InventoryPolicies) -> int:
    """A rule is put into the policies just read: it is refused if they changed since then."""
    return given if given is not None else now.revision


async def _accounts(client: Truestock) -> dict[str, str]:
    return {one.connection_id: one.account.name async for one in client.connector.connections()}


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise Refusal(
            "not_a_number",
            f"{text!r} is not a number.",
            remedy="Write it with a point, for example 1.10.",
            kind=RefusalKind.INVALID,
        ) from None
    return number
