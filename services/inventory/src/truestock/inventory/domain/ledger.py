"""Stock is an append-only ledger; on-hand is its sum (domain rules, inventory 3)."""

from collections.abc import Iterable

from msgspec.structs import replace

from truestock.contracts.problem import Refusal
from truestock.inventory.domain.model import MovementKind, Variant

OPERATOR_KINDS = (MovementKind.SALE, MovementKind.RECEIPT, MovementKind.ADJUSTMENT)
"""What an operator may record directly; the other kinds follow from imports, counts, splits and undo."""


def on_hand(quantities: Iterable[int | None]) -> int | None:
    """The sum of a variant's movements; None (unknown) until one of them is known, as SQL's sum()."""
    known = [quantity for quantity in quantities if quantity is not None]
    return sum(known) if known else None


def move(variant: Variant, kind: MovementKind, quantity: int) -> Variant:
    """The variant after a movement of ``quantity`` signed pieces.

    Raises Refusal: ``stock_unknown`` (only an opening or a count makes stock known),
    ``negative_stock``, ``wrong_sign`` (a sale adds nothing, a receipt takes nothing).
    """
    if kind is MovementKind.SALE and quantity >= 0:
        raise Refusal("wrong_sign", "A sale takes pieces away.", remedy="Give a negative quantity.")
    if kind is MovementKind.RECEIPT and quantity <= 0:
        raise Refusal("wrong_sign", "A receipt adds pieces.", remedy="Give a positive quantity.")
    if variant.on_hand is None and kind not in (MovementKind.OPENING, MovementKind.COUNT):
        raise Refusal(
            "stock_unknown",
            f"The stock of variant {variant.variant_id} is unknown, so nothing can be added or taken.",
            remedy="Count it first.",
            variant_id=str(variant.variant_id),
        )
    after = (variant.on_hand or 0) + quantity
    if after < 0:
        raise Refusal(
            "negative_stock",
            f"Variant {variant.variant_id} has {variant.on_hand or 0} pieces; {quantity:+d} leaves {after}.",
            remedy="Count the variant, or correct the quantity.",
            variant_id=str(variant.variant_id),
            on_hand=variant.on_hand,
        )
    return replace(variant, on_hand=after)
