"""attest, count, adjust: stock is a ledger, and every entry says who and why."""

from enum import StrEnum
from typing import Annotated

import typer

from truestock.client.cli import pick
from truestock.client.cli.session import Reason, Revision, Session, session_of
from truestock.client.cli.settling import settled
from truestock.client.facade import Truestock
from truestock.client.models.common import options_text
from truestock.client.models.inventory import Attestation, Item, Variant
from truestock.client.show import inventory as show
from truestock.client.show.words import several
from truestock.contracts.problem import Refusal, RefusalKind


class Kind(StrEnum):
    """What sort of movement."""

    SALE = "sale"
    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"


def attest(
    ctx: typer.Context,
    statement: Annotated[
        str, typer.Option("--statement", help="What you vouch for, for example: counted on the shelf.")
    ],
    item: Annotated[list[str] | None, typer.Argument(help="Items (default: the newest batch's).")] = None,
    batch: Annotated[str | None, typer.Option("--batch", help="Batch id or its start.")] = None,
) -> None:
    """Vouch, by name, for stock as it was imported."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        if item:
            ids = [(await pick.item(client, one)).item_id for one in item]
            _attested(session, await client.inventory.attest(statement=statement, item_ids=ids))
            return
        chosen = await pick.batch(client, batch)
        before = await client.importer.report(chosen.batch_id)
        _attested(session, await client.inventory.attest(statement=statement, batch_id=chosen.batch_id))
        await settled(session, client, before)

    session.run(work)


def _attested(session: Session, done: Attestation) -> None:
    session.out.print(f"Attested the stock of {several(done.variants, 'variant')}.")
    if done.unknown:
        session.out.print(f"The stock of {len(done.unknown)} of them stays unknown until it is counted.")


def count(
    ctx: typer.Context,
    lines: Annotated[list[str], typer.Argument(help="VARIANT=PIECES or SKU=PIECES; repeatable.")],
    reason: Reason = "stock count",
    keep: Annotated[
        bool, typer.Option("--keep", help="Only record the count; accept its differences later.")
    ] = False,
) -> None:
    """Record what was counted; differences become movements unless --keep is given."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        counted = {}
        for line in lines:
            name, _, number = line.rpartition("=")
            if not name or not number.isdigit():
                raise _wrong(line)
            counted[await _variant_id(client, name)] = int(number)
        done = await client.inventory.count(counted, reason=reason, accept=not keep)
        session.show(show.count(done))

    session.run(work)


def adjust(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(help="Item id or SKU.")],
    change: Annotated[int, typer.Argument(help="Signed change in pieces; a sale may be given as -1.")],
    reason: Reason,
    variant: Annotated[str | None, typer.Option("--variant", help="Variant id, SKU or option value.")] = None,
    kind: Annotated[Kind, typer.Option("--kind", help="What sort of movement.")] = Kind.ADJUSTMENT,
    revision: Revision = None,
) -> None:
    """Record a sale, a receipt or an adjustment of one variant's stock."""
    session = session_of(ctx)

    async def work(client: Truestock) -> None:
        chosen = await pick.item(client, item)
        which = variant_of(chosen, variant, sku=item)
        done = await client.inventory.move(
            chosen.item_id,
            which.variant_id,
            kind.value,
            change,
            revision=session.seen.revision("item", chosen.item_id, revision, look=f"truestock item {item}"),
            reason=reason,
        )
        session.seen.note("item", done.item_id, done.revision)
        session.show(show.item(done))

    session.run(work)


def variant_of(item: Item, given: str | None, *, sku: str | None = None) -> Variant:
    """The variant that is meant: by id, SKU or option value; without a name, the only one."""
    wanted = given or (sku if any(variant.sku == sku for variant in item.variants) else None)
    if wanted is None and len(item.variants) == 1:
        return item.variants[0]
    found = [variant for variant in item.variants if wanted is not None and _is(variant, wanted)]
    if len(found) == 1:
        return found[0]
    choices = "; ".join(options_text(variant.options) for variant in item.variants)
    raise Refusal(
        "variant_unclear",
        f"{item.title} has {len(item.variants)} variants ({choices}).",
        remedy="Say which one with --variant: its id, its SKU or an option value.",
        kind=RefusalKind.INVALID,
    )


def _is(variant: Variant, wanted: str) -> bool:
    values = {option.value.casefold() for option in variant.options}
    return wanted in (variant.variant_id, variant.sku) or wanted.casefold() in values


async def _variant_id(client: Truestock, name: str) -> str:
    async for found in client.inventory.items(sku=name):
        return variant_of(await client.inventory.item(found.item_id), name).variant_id
    return name


def _wrong(line: str) -> Refusal:
    return Refusal(
        "count_line",
        f"{line!r} is not a line of a count.",
        remedy="Write VARIANT=PIECES or SKU=PIECES, for example MUG-1=12.",
        kind=RefusalKind.INVALID,
    )
