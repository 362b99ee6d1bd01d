"""What every operator command on one item shares: load, check the revision, change, save, publish."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.contracts.problem import Refusal, not_found, stale
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import Item, ItemState, Movement
from truestock.inventory.domain.sync import changed
from truestock.inventory.usecases.ports import Work
from truestock.inventory.usecases.publishing import publish


def by(who: Principal) -> str:
    """How the ledger names a person."""
    return who.name or who.subject


def active(known: Known, item_id: UUID) -> Item:
    """The item, if it is there and not archived; raises Refusal ``not_found`` or ``item_archived``."""
    item = known.items.get(item_id)
    if item is None:
        raise not_found("item", item_id)
    if item.state is ItemState.ARCHIVED:
        raise Refusal(
            "item_archived",
            f"Item {item_id} is archived.",
            remedy="Import its listing again to seed it afresh.",
        )
    return item


async def one_item(
    work: Work, who: Principal, item_id: UUID, revision: int | None, *, skus: Collection[str] = ()
) -> tuple[Known, Item]:
    """The working set of a command on one item; raises Refusal when it is unknown, archived or stale."""
    known = await work.for_items(who.workspace_id, [item_id], skus=skus)
    item = active(known, item_id)
    if revision is not None and item.version != revision:
        raise stale("item", revision, item.version)
    _free(known, item, skus)
    return known, item


async def finish(
    work: Work,
    who: Principal,
    known: Known,
    after: Sequence[Item],
    correlation_id: UUID,
    movements: Sequence[Movement] = (),
) -> list[Item]:
    """The next version of each item, saved and published."""
    policies = known.policies_of(who.workspace_id)
    for item in after:
        known.put(changed(item, policies)[0])
    await work.save(known, movements=movements)
    done = work.changed_items(known)
    publish(work, known, done, correlation_id)
    return done


def _free(known: Known, item: Item, skus: Collection[str]) -> None:
    for sku in skus:
        others = [i for i, _ in known.with_sku(item.workspace_id, sku) if i != item.item_id]
        if others:
            raise Refusal(
                "sku_taken",
                f"SKU {sku} is on item {others[0]} already.",
                remedy="Choose another SKU, or correct the other item first.",
                item_id=str(others[0]),
            )


def summary(item: Item) -> dict[str, Any]:
    """What the audit trail keeps of an item."""
    return {
        "version": item.version,
        "title": item.fields.title,
        "variants": [
            {
                "variant_id": str(v.variant_id),
                "sku": v.sku,
                "on_hand": v.on_hand,
                "confirmed": v.confirmed,
                "price": str(v.price) if v.price else None,
            }
            for v in item.variants
        ],
    }
