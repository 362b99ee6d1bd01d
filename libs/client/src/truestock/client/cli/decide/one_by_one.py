"""Decisions at the terminal, one after another; nothing is decided by leaving."""

from truestock.client.cli.asking import choice, typed
from truestock.client.cli.decide.choices import even_division
from truestock.client.cli.session import Session
from truestock.client.decisions import HeldAnswer, answer_held
from truestock.client.facade import Truestock
from truestock.client.models.inventory import Split
from truestock.client.show import inventory as show
from truestock.contracts.problem import Refusal


async def decide(session: Session, client: Truestock, batch_id: str) -> None:
    """Ask about every open split, held listing and blocker of the batch."""
    await _splits(session, client, batch_id)
    await _held(session, client, batch_id)
    await _blockers(session, client, batch_id)


async def _splits(session: Session, client: Truestock, batch_id: str) -> None:
    for one in [found async for found in client.inventory.splits(batch_id=batch_id)]:
        session.show(show.splits([one]))
        answer = choice("Make variants of these values?", "accept", "reject", "skip")
        if answer == "skip":
            continue
        variants = _quantities(one) if answer == "accept" else None
        reason = typed("Why?", default=f"{answer}ed by the operator")
        try:
            await client.inventory.decide_split(
                one.split_id,
                accept=answer == "accept",
                revision=one.revision,
                reason=reason,
                variants=variants,
            )
        except Refusal as refusal:
            _refused(session, refusal)


def _quantities(split: Split) -> list[dict[str, object]]:
    suggested = even_division(split.on_hand, split.values)
    if split.on_hand is None:
        return suggested
    return [
        {**part, "quantity": int(typed(f"Pieces of {part['value']}?", default=str(part["quantity"])))}
        for part in suggested
    ]


async def _held(session: Session, client: Truestock, batch_id: str) -> None:
    for one in [found async for found in client.inventory.held(batch_id=batch_id)]:
        session.show(show.held([one]))
        allowed = ("link", "create", "reject", "skip") if one.candidates else ("create", "reject", "skip")
        action = choice("What should become of it?", *allowed)
        if action == "skip":
            continue
        target = one.candidates[0].item_id if one.candidates else ""
        item_id = typed("Link to which item?", default=target) if action == "link" else None
        answer: HeldAnswer = (one, action, item_id)
        reason = typed("Why?", default=f"{action}, decided by the operator")
        for line in await answer_held(client, [answer], reason=reason):
            session.out.print(line, highlight=False)


async def _blockers(session: Session, client: Truestock, batch_id: str) -> None:
    report = await client.importer.report(batch_id)
    revision = report.batch.revision
    for listing in report.listings:
        for blocker in listing.blockers:
            if blocker.state != "open":
                continue
            session.out.print(f"{listing.listing_id} {listing.title}: {blocker.message or blocker.code}")
            action = choice("What should become of it?", "waive", "exclude", "replace", "skip")
            if action == "skip":
                continue
            reason = typed("Why?", default=f"{action}d by the operator")
            try:
                batch = await client.importer.decide_listing(
                    batch_id,
                    listing.listing_id,
                    action,  # type: ignore[arg-type]  # one of the words offered above
                    revision=revision,
                    reason=reason,
                    code=blocker.code if action == "waive" else None,
                )
                revision = batch.revision
            except Refusal as refusal:
                _refused(session, refusal)
                continue
            if action != "waive":
                break


def _refused(session: Session, refusal: Refusal) -> None:
    session.out.print(f"Not decided: {refusal.detail} {refusal.remedy}", highlight=False, style="yellow")
