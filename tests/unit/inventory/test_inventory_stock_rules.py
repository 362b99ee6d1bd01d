"""Ledger, availability, counts and attestations."""

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from support.inventory_values import imported, listing, mint, shown

from truestock.contracts.problem import Refusal
from truestock.inventory.domain.availability import available
from truestock.inventory.domain.counting import CountLine, accept, attest
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.ledger import move, on_hand
from truestock.inventory.domain.model import Item, MovementKind, Variant
from truestock.inventory.domain.seeding import seed

VARIANT = Variant(UUID(int=1), on_hand=2)
UNKNOWN = Variant(UUID(int=2), on_hand=None)


def seeded(*variants: int | None) -> Item:
    event = imported(listing("1", *(shown(quantity=q, Size=str(n)) for n, q in enumerate(variants))))
    item = seed(event, Known(), mint()).item
    assert item is not None
    return item


@pytest.mark.parametrize(
    ("quantities", "expected"), [([], None), ([None], None), ([None, 3], 3), ([5, -2], 3), ([0], 0)]
)
def test_on_hand_is_the_sum_and_unknown_until_a_movement_is_known(
    quantities: list[int | None], expected: Any
) -> None:
    assert on_hand(quantities) == expected


def test_a_movement_changes_on_hand() -> None:
    assert move(VARIANT, MovementKind.SALE, -2).on_hand == 0
    assert move(VARIANT, MovementKind.RECEIPT, 3).on_hand == 5


@pytest.mark.parametrize(
    ("variant", "kind", "quantity", "code"),
    [
        (VARIANT, MovementKind.SALE, -3, "negative_stock"),
        (VARIANT, MovementKind.ADJUSTMENT, -3, "negative_stock"),
        (UNKNOWN, MovementKind.RECEIPT, 1, "stock_unknown"),
        (VARIANT, MovementKind.SALE, 1, "wrong_sign"),
        (VARIANT, MovementKind.RECEIPT, -1, "wrong_sign"),
    ],
)
def test_refused_movements(variant: Variant, kind: MovementKind, quantity: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        move(variant, kind, quantity)
    assert refused.value.code == code


@pytest.mark.parametrize(("stock", "buffer", "expected"), [(5, 0, 5), (5, 2, 3), (1, 2, 0), (None, 1, None)])
def test_available_is_on_hand_less_buffer_never_negative_never_invented(
    stock: int | None, buffer: int, expected: Any
) -> None:
    assert available(stock, buffer) == expected


def test_an_accepted_count_moves_the_difference_and_confirms() -> None:
    item = seeded(5, 7)
    first, second = item.variants
    after, movements = accept(
        item, [CountLine(first.variant_id, 4, 5), CountLine(second.variant_id, 7, 7)], "Ada", "shelf", mint()
    )
    assert [(v.on_hand, v.confirmed) for v in after.variants] == [(4, True), (7, True)]
    assert [(m.kind, m.quantity, m.by) for m in movements] == [(MovementKind.COUNT, -1, "Ada")]
    assert after.touches == item.touches + 1


def test_a_sale_between_counting_and_accepting_is_kept() -> None:
    item = seeded(5)
    line = CountLine(item.variants[0].variant_id, 6, 5)
    sold = item.with_variant(move(item.variants[0], MovementKind.SALE, -1))
    after, _ = accept(sold, [line], "Ada", "shelf", mint())
    assert after.variants[0].on_hand == 5


def test_a_count_makes_unknown_stock_known_also_as_zero() -> None:
    item = seeded(None)
    after, movements = accept(item, [CountLine(item.variants[0].variant_id, 0, None)], "Ada", "", mint())
    assert after.variants[0].on_hand == 0
    assert [m.quantity for m in movements] == [0]


def test_a_count_of_unknown_stock_that_became_known_is_outdated() -> None:
    item = seeded(4)
    with pytest.raises(Refusal) as refused:
        accept(item, [CountLine(item.variants[0].variant_id, 4, None)], "Ada", "", mint())
    assert refused.value.code == "count_outdated"


def test_attesting_confirms_without_touching() -> None:
    item = seeded(5, None)
    after = attest(item)
    assert [(v.on_hand, v.confirmed) for v in after.variants] == [(5, True), (None, True)]
    assert after.touches == item.touches
    assert replace(after, variants=item.variants) == item
