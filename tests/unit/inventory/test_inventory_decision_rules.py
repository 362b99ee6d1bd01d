"""Splits, held listings, proposals, edits."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from support.inventory_values import EBAY, euro, imported, listing, mint, shown

from truestock.contracts.events import OpenIssue, SeedOutcome
from truestock.contracts.problem import Refusal
from truestock.inventory.domain import holding, splitting
from truestock.inventory.domain.editing import Edit, accept_proposal, edit
from truestock.inventory.domain.holding import HeldAction
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.ledger import on_hand
from truestock.inventory.domain.model import Item, ListingState
from truestock.inventory.domain.policies import ChannelRule
from truestock.inventory.domain.records import Decision, Held, Split
from truestock.inventory.domain.seeding import seed
from truestock.inventory.domain.splitting import Part


def buried(quantity: int | None = 6) -> tuple[Known, Item, Split]:
    known = Known()
    done = seed(imported(listing("1", shown("A", quantity), buried=("S", "M"))), known, mint())
    assert done.item is not None
    assert done.split is not None
    return known, done.item, done.split


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        action()
    return refused.value.code


def test_buried_variants_are_one_variant_with_a_proposal() -> None:
    _, item, split = buried()
    assert len(item.variants) == 1
    assert split.values == ("S", "M")
    assert item.split_id == split.split_id


def test_an_accepted_split_divides_the_stock() -> None:
    _, item, split = buried()
    after, movements = splitting.accept(
        item, split, [Part("S", 4, "A-S"), Part("M", 2)], "Ada", "shelf", mint()
    )
    assert [(v.sku, v.on_hand, v.options[0].value, v.price) for v in after.variants] == [
        ("A-S", 4, "S", euro("10.00")),
        (None, 2, "M", euro("10.00")),
    ]
    assert on_hand(m.quantity for m in movements) == 0
    assert after.split_id is None


@pytest.mark.parametrize(
    ("stock", "parts", "code"),
    [
        (6, [Part("S", 4), Part("M", 1)], "split_does_not_add_up"),
        (6, [Part("S", 6), Part("M", None)], "split_does_not_add_up"),
        (None, [Part("S", 1), Part("M", None)], "split_does_not_add_up"),
        (6, [Part("S", 3), Part("s ", 3)], "values_repeated"),
        (6, [Part("S", 6)], "values_repeated"),
        (6, [Part("S", 7), Part("M", -1)], "quantity_negative"),
    ],
)
def test_splits_that_are_refused(stock: int | None, parts: list[Part], code: str) -> None:
    _, item, split = buried(stock)
    assert refusal(lambda: splitting.accept(item, split, parts, "Ada", "", mint())) == code


def test_unknown_stock_splits_into_unknown_parts_and_stock_needs_quantities() -> None:
    _, item, split = buried(None)
    after, _ = splitting.accept(item, split, splitting.suggested_parts(split, item), "Ada", "", mint())
    assert [v.on_hand for v in after.variants] == [None, None]
    _, item, split = buried(6)
    assert refusal(lambda: splitting.suggested_parts(split, item)) == "quantities_needed"


def test_a_decided_split_does_not_come_back() -> None:
    known, item, _ = buried()
    known.put(splitting.reject(item))
    done = seed(imported(listing("1", shown("A", 6), buried=("S", "M")), sequence=2), known, mint())
    assert (done.outcome, done.split) == (SeedOutcome.UNCHANGED, None)
    other = seed(imported(listing("1", shown("A", 6), buried=("S", "L")), sequence=3), known, mint())
    assert other.split is not None


def test_a_split_item_matches_its_unsplit_listing_again() -> None:
    known, item, split = buried()
    after, _ = splitting.accept(item, split, [Part("S", 4), Part("M", 2)], "Ada", "", mint())
    known.put(after)
    done = seed(imported(listing("1", shown("A", 6), buried=("S", "M")), sequence=2), known, mint())
    assert done.outcome is SeedOutcome.UNCHANGED
    assert done.state is not None
    assert [v.on_channel for v in done.state.variants] == [False, False]


def held() -> tuple[Known, Held]:
    known = Known()
    seed(imported(listing("1", shown("A", 3))), known, mint())
    done = seed(imported(listing("2", shown("A", 4))), known, mint())
    assert done.held is not None
    assert set(done.open_issues) == {OpenIssue.HELD, OpenIssue.SKU_DUPLICATE}
    assert done.state is None
    return known, done.held


def test_a_held_listing_can_become_an_item_of_its_own() -> None:
    known, waiting = held()
    done = holding.decide(waiting, 1, HeldAction.CREATE, None, known, mint())
    assert done.outcome is SeedOutcome.CREATED
    assert done.event.batch_id == waiting.imported.batch_id
    assert OpenIssue.SKU_DUPLICATE not in done.open_issues


def test_a_held_listing_can_be_linked_to_its_only_candidate() -> None:
    known, waiting = held()
    done = holding.decide(waiting, 1, HeldAction.LINK, None, known, mint())
    assert done.outcome is SeedOutcome.LINKED
    assert done.item is not None
    assert done.item.variants[0].on_hand == 3
    assert len(done.item.listings) == 2


def test_a_rejected_listing_stays_out() -> None:
    known, waiting = held()
    assert holding.decide(waiting, 1, HeldAction.REJECT, None, known, mint()).outcome is SeedOutcome.REJECTED
    again = seed(imported(listing("2", shown("B", 4)), sequence=2), known, mint())
    assert again.outcome is SeedOutcome.REJECTED


def test_decisions_on_held_listings_that_are_refused() -> None:
    known, waiting = held()
    create = HeldAction.CREATE
    assert refusal(lambda: holding.decide(waiting, 2, create, None, known, mint())) == "stale_revision"
    decided = replace(waiting, state=Decision.DECIDED)
    assert refusal(lambda: holding.decide(decided, 1, create, None, known, mint())) == "already_decided"
    several = replace(waiting, candidates=())
    assert refusal(lambda: holding.decide(several, 1, HeldAction.LINK, None, known, mint())) == "item_needed"


def test_a_conflict_of_a_known_listing_linked_again_trusts_the_sku() -> None:
    known = Known()
    item = seed(imported(listing("1", shown("A", 1, Size="S"), shown("B", 2, Size="M"))), known, mint()).item
    swapped = imported(listing("1", shown("A", 2, Size="M"), shown("B", 1, Size="S")), sequence=2)
    waiting = seed(swapped, known, mint()).held
    assert item is not None
    assert waiting is not None
    done = holding.decide(waiting, 1, HeldAction.LINK, None, known, mint())
    assert done.item is not None
    assert done.item.item_id == item.item_id
    assert done.item.variants == item.variants
    assert done.item.listings[0].state is ListingState.LINKED


def test_a_title_match_can_be_linked() -> None:
    known = Known()
    seed(imported(listing("1", shown(None, 3), title="Mug")), known, mint())
    waiting = seed(
        imported(listing("9", shown(None, 4), title="mug"), connection_id=EBAY), known, mint()
    ).held
    assert waiting is not None
    done = holding.decide(waiting, 1, HeldAction.LINK, None, known, mint())
    assert done.outcome is SeedOutcome.LINKED


def test_an_edit_is_a_touch_and_keeps_skus_apart() -> None:
    known = Known()
    item = seed(imported(listing("1", shown("A", Size="S"), shown("B", Size="M"))), known, mint()).item
    assert item is not None
    first, second = (v.variant_id for v in item.variants)
    after = edit(item, Edit({"title": "New"}, {first: {"price": euro("1.00")}}))
    assert (after.fields.title, after.variants[0].price, after.touches) == ("New", euro("1.00"), 1)
    assert refusal(lambda: edit(item, Edit({}, {second: {"sku": "A"}}))) == "sku_taken"


def test_an_accepted_proposal_takes_over_what_was_named_only() -> None:
    known = Known()
    seed(imported(listing("1", shown("A", 5, Size="S"), title="Mug")), known, mint())
    changed = listing("1", shown("A", 9, Size="S"), shown("B", 2, Size="M"), title="Cup", brand=None)
    done = seed(imported(changed, sequence=2), known, mint())
    assert done.item is not None
    assert done.proposal is not None
    args = (ChannelRule(), "Ada", mint())
    after, movements = accept_proposal(done.item, done.proposal, ["title", "variants.added.B"], *args)
    assert after.fields.title == "Cup"
    assert [(v.sku, v.on_hand) for v in after.variants] == [("A", 5), ("B", 2)]
    assert [m.quantity for m in movements] == [2]
    assert after.fields.options[0].values == ("S", "M")
    assert after.listings[0].proposal_id is None
    quantity = next(d.key for d in done.proposal.differences if d.key.endswith("quantity"))
    item, proposal = done.item, done.proposal
    assert refusal(lambda: accept_proposal(item, proposal, [quantity], *args)) == "field_not_acceptable"
