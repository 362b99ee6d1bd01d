"""Deciding a split proposal (domain rules, inventory 4): the parts must add up to the whole."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from truestock.contracts.listing import Option, OptionValue
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.inventory.domain.known import Mint, match_key
from truestock.inventory.domain.model import Item, Movement, MovementKind, Variant
from truestock.inventory.domain.records import Split


class Part(Struct, frozen=True):
    """One variant that the split makes. ``quantity`` is None exactly when the whole is unknown."""

    value: str
    quantity: int | None
    sku: str | None = None


def suggested_parts(split: Split, item: Item) -> tuple[Part, ...]:
    """What accepting without saying more means: only possible while there is nothing to divide.

    Raises Refusal when the variant has stock: how it divides is the operator's knowledge.
    """
    whole = item.variant(split.variant_id)
    if whole is not None and whole.on_hand:
        raise Refusal(
            "quantities_needed",
            f"{whole.on_hand} pieces have to be divided among {', '.join(split.values)}.",
            remedy="Give each value its quantity.",
            kind=RefusalKind.INVALID,
            values=list(split.values),
            on_hand=whole.on_hand,
        )
    quantity = None if whole is None or whole.on_hand is None else 0
    return tuple(Part(value, quantity) for value in split.values)


def accept(
    item: Item, split: Split, parts: Sequence[Part], by: str, reason: str, mint: Mint
) -> tuple[Item, tuple[Movement, ...]]:
    """The item with one variant per part instead of the whole, and the movements that divide the stock.

    The SKU of the whole named all parts, so it identifies none: each part has the SKU given, or none.
    Raises Refusal: ``split_does_not_add_up``, ``quantity_negative``, ``values_repeated``.
    """
    whole = item.variant(split.variant_id)
    if whole is None:
        raise Refusal("variant_gone", "The variant to split is no longer there.", remedy="Reject the split.")
    _check(whole, parts)
    made = tuple(
        Variant(
            variant_id=mint.new_id(),
            sku=part.sku,
            options=(*whole.options, OptionValue(name=split.option_name, value=part.value)),
            on_hand=part.quantity,
            confirmed=whole.confirmed,
            price=whole.price,
            split_id=split.split_id,
        )
        for part in parts
    )
    moves: list[tuple[Variant, int | None]] = [(variant, variant.on_hand) for variant in made]
    if whole.on_hand is not None:
        moves.insert(0, (whole, -whole.on_hand))
    movements = tuple(
        Movement(
            mint.new_id(),
            item.workspace_id,
            item.item_id,
            variant.variant_id,
            MovementKind.SPLIT,
            quantity,
            reason,
            by,
            mint.now,
        )
        for variant, quantity in moves
    )
    rest = tuple(variant for variant in item.variants if variant is not whole)
    option = Option(name=split.option_name, values=tuple(part.value for part in parts))
    fields = item.fields.model_copy(update={"options": (*item.fields.options, option)})
    listings = tuple(
        replace(
            listing,
            variants=tuple(v for v in listing.variants if v.variant_id != whole.variant_id),
        )
        for listing in item.listings
    )
    variants = (*rest, *made)
    return (
        replace(
            item,
            fields=fields,
            variants=variants,
            listings=listings,
            match_key=match_key(fields.title, (variant.signature for variant in variants)),
            split_id=None,
            touches=item.touches + 1,
        ),
        movements,
    )


def reject(item: Item) -> Item:
    """The item stays one variant; the same suggestion does not come back."""
    return replace(item, split_id=None, touches=item.touches + 1)


def _check(whole: Variant, parts: Sequence[Part]) -> None:
    if len({" ".join(part.value.split()).casefold() for part in parts}) < max(2, len(parts)):
        raise Refusal(
            "values_repeated",
            "A split makes at least two variants with different values.",
            remedy="Give each variant its own value, or reject the split.",
            kind=RefusalKind.INVALID,
        )
    if any(part.quantity is not None and part.quantity < 0 for part in parts):
        raise Refusal(
            "quantity_negative",
            "A variant cannot have fewer than 0 pieces.",
            remedy="Correct the quantities.",
            kind=RefusalKind.INVALID,
        )
    known = [part.quantity for part in parts if part.quantity is not None]
    if whole.on_hand is None and known:
        raise Refusal(
            "split_does_not_add_up",
            "The stock to divide is unknown, so its parts are unknown too.",
            remedy="Leave the quantities out and count the parts afterwards, or count before you split.",
        )
    if whole.on_hand is not None and (len(known) < len(parts) or sum(known) != whole.on_hand):
        raise Refusal(
            "split_does_not_add_up",
            f"The parts add up to {sum(known)}, but there are {whole.on_hand} pieces to divide.",
            remedy="Correct the quantities, or count the stock first.",
            on_hand=whole.on_hand,
            parts=sum(known),
        )
