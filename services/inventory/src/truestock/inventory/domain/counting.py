"""The physical check (domain rules, inventory 7): counts and attestations."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from truestock.contracts.problem import Refusal
from truestock.inventory.domain.known import Mint
from truestock.inventory.domain.ledger import move
from truestock.inventory.domain.model import Item, Movement, MovementKind


class CountLine(Struct, frozen=True):
    """What was counted of one variant, and what inventory said at that moment (None: unknown)."""

    variant_id: UUID
    counted: int
    on_hand: int | None

    @property
    def difference(self) -> int | None:
        """Pieces to add (or take); None while nothing was known to compare with."""
        return None if self.on_hand is None else self.counted - self.on_hand


class Count(Struct, frozen=True):
    """One count: who counted what, when, and who accepted it (None: nobody yet)."""

    count_id: UUID
    workspace_id: UUID
    lines: tuple[CountLine, ...]
    reason: str
    counted_by: str
    counted_at: datetime
    accepted_by: str | None = None
    revision: int = 1


def accept(
    item: Item, lines: Sequence[CountLine], by: str, reason: str, mint: Mint
) -> tuple[Item, tuple[Movement, ...]]:
    """The item with its counted variants confirmed, and a ``count`` movement per difference.

    The *difference* is applied, so a sale between counting and accepting is not undone by it.
    Raises Refusal ``count_outdated`` when unknown stock became known in between, ``negative_stock``.
    """
    movements: list[Movement] = []
    for line in lines:
        variant = item.variant(line.variant_id)
        if variant is None:
            raise Refusal(
                "count_outdated",
                f"Variant {line.variant_id} is no longer part of the item.",
                remedy="Count again.",
            )
        if line.on_hand is None and variant.on_hand is not None:
            raise Refusal(
                "count_outdated",
                f"The stock of variant {line.variant_id} was unknown when it was counted and is known now.",
                remedy="Count again.",
            )
        change = line.counted if line.difference is None else line.difference
        if change or line.on_hand is None:
            variant = move(variant, MovementKind.COUNT, change)
            movements.append(
                Movement(
                    mint.new_id(),
                    item.workspace_id,
                    item.item_id,
                    variant.variant_id,
                    MovementKind.COUNT,
                    change,
                    reason,
                    by,
                    mint.now,
                )
            )
        item = item.with_variant(replace(variant, confirmed=True))
    return replace(item, touches=item.touches + bool(movements)), tuple(movements)


def attest(item: Item, variant_ids: Iterable[UUID] | None = None) -> Item:
    """The item with its stock confirmed as imported, also where that is "unknown, not tracked".

    Nothing was changed by it, so it is no touch that would keep an undo from archiving the item.
    """
    chosen = None if variant_ids is None else frozenset(variant_ids)
    variants = tuple(
        variant
        if variant.confirmed or (chosen is not None and variant.variant_id not in chosen)
        else replace(variant, confirmed=True)
        for variant in item.variants
    )
    return replace(item, variants=variants)
