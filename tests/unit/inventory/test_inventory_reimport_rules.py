"""Later imports: refine, propose, never write stock, never overwrite."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from support.inventory_values import ETSY, NOW, WORKSPACE, euro, imported, listing, mint, shown

from truestock.contracts.events import OpenIssue, PriceRule, PriceRuleKind, SeedOutcome
from truestock.contracts.listing import CanonicalListing
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import Item, ListingState
from truestock.inventory.domain.ownership import OWNERS, Owner, import_may_fill, owned_by
from truestock.inventory.domain.policies import ChannelRule, Policies
from truestock.inventory.domain.records import Seeding
from truestock.inventory.domain.seeding import seed


def first(known: Known, found: CanonicalListing, **more: Any) -> Item:
    item = seed(imported(found, **more), known, mint()).item
    assert item is not None
    return item


def again(known: Known, found: CanonicalListing, sequence: int = 2, **more: Any) -> Seeding:
    return seed(imported(found, sequence=sequence, **more), known, mint())


def test_ownership_is_data() -> None:
    assert set(OWNERS.values()) == set(Owner)
    assert owned_by(Owner.STOCK) == ("variants.quantity",)
    assert import_may_fill("brand")
    assert not import_may_fill("variants.quantity")
    assert not import_may_fill("category_id")


def test_the_same_again_changes_nothing() -> None:
    known = Known()
    item = first(known, listing("1", shown("A", 5)))
    done = again(known, listing("1", shown("A", 5)))
    assert done.outcome is SeedOutcome.UNCHANGED
    assert done.item is not None
    assert done.item.version == item.version
    assert done.item.variants == item.variants
    assert done.listing is not None
    assert done.listing.variants[0].external_id != item.listings[0].variants[0].external_id


def test_empty_fields_are_filled() -> None:
    known = Known()
    first(known, listing("1", shown(None, 5, None), description=""))
    done = again(known, listing("1", shown("A", 5, "12.00"), brand="Acme", description="Now described."))
    assert done.outcome is SeedOutcome.REFINED
    assert done.item is not None
    assert (done.item.fields.brand, done.item.fields.description) == ("Acme", "Now described.")
    assert (done.item.variants[0].sku, done.item.variants[0].price) == ("A", euro("12.00"))
    assert done.item.version == 2


def test_owned_fields_and_stock_are_only_proposed() -> None:
    known = Known()
    item = first(known, listing("1", shown("A", 5, "10.00"), title="Mug"))
    done = again(known, listing("1", shown("A", 9, "11.00"), title="Cup"))
    assert done.outcome is SeedOutcome.PROPOSED
    assert done.item is not None
    assert done.item.fields == item.fields
    assert done.item.variants == item.variants
    assert done.movements == ()
    assert done.proposal is not None
    seen = {
        d.key.split(".")[-1]: (d.inventory, d.marketplace, d.acceptable) for d in done.proposal.differences
    }
    assert seen == {
        "title": ("Mug", "Cup", True),
        "price": ("10.00 EUR", "11.00 EUR", True),
        "quantity": ("5", "9", False),
    }
    assert OpenIssue.PROPOSAL_OPEN in done.open_issues


def test_unknown_stock_is_not_filled_by_an_import() -> None:
    known = Known()
    first(known, listing("1", shown("A", None)))
    done = again(known, listing("1", shown("A", 9)))
    assert done.item is not None
    assert done.item.variants[0].on_hand is None


def test_the_same_differences_are_proposed_once_and_decided_ones_not_again() -> None:
    known = Known()
    first(known, listing("1", shown("A"), title="Mug"))
    assert again(known, listing("1", shown("A"), title="Cup"), 2).proposal is not None
    still = again(known, listing("1", shown("A"), title="Cup"), 3)
    assert (still.outcome, still.proposal) == (SeedOutcome.PROPOSED, None)
    item = known.items[next(iter(known.items))]
    decided = replace(item.listings[0], proposal_id=None)
    known.put(item.with_listing(decided))
    assert again(known, listing("1", shown("A"), title="Cup"), 4).outcome is SeedOutcome.UNCHANGED
    assert again(known, listing("1", shown("A"), title="Bowl"), 5).outcome is SeedOutcome.PROPOSED


def test_a_proposal_that_no_longer_differs_is_superseded() -> None:
    known = Known()
    first(known, listing("1", shown("A"), title="Mug"))
    opened = again(known, listing("1", shown("A"), title="Cup"), 2).proposal
    assert opened is not None
    done = again(known, listing("1", shown("A"), title="Mug"), 3)
    assert done.outcome is SeedOutcome.UNCHANGED
    assert done.effects.superseded == (opened.proposal_id,)
    assert OpenIssue.PROPOSAL_OPEN not in done.open_issues


@pytest.mark.parametrize("sequence", [1, 2])
def test_a_stale_import_is_answered_and_ignored(sequence: int) -> None:
    known = Known()
    first(known, listing("1", shown("A"), title="Mug"), sequence=2)
    done = again(known, listing("1", shown("A"), title="Older"), sequence)
    assert done.outcome is SeedOutcome.UNCHANGED
    assert (done.item, done.listing, done.proposal) == (None, None, None)
    assert done.state is not None


def test_a_sku_that_somebody_else_has_is_not_filled_in() -> None:
    known = Known()
    first(known, listing("1", shown("A")))
    first(known, listing("2", shown(None)))
    done = again(known, listing("2", shown("A")))
    assert done.outcome is SeedOutcome.PROPOSED
    assert done.item is not None
    assert done.item.variants[0].sku is None


def test_swapped_skus_of_a_known_listing_are_held_and_keep_the_item() -> None:
    known = Known()
    item = first(known, listing("1", shown("A", 1, Size="S"), shown("B", 2, Size="M")))
    done = again(known, listing("1", shown("A", 2, Size="M"), shown("B", 1, Size="S")))
    assert done.outcome is SeedOutcome.HELD
    assert done.state is None
    kept = known.items[item.item_id]
    assert kept.variants == item.variants
    assert kept.listings[0].state is ListingState.HELD


def test_what_a_price_rule_makes_is_no_difference() -> None:
    rule = ChannelRule(PriceRule(kind=PriceRuleKind.MARKUP, value=Decimal("1.10")))
    known = Known(policies={WORKSPACE: Policies(price_rules={ETSY: rule})})
    item = first(known, listing("1", shown("A", 5, "11.00")))
    assert item.variants[0].price == euro("10.00")
    assert again(known, listing("1", shown("A", 5, "11.00"))).outcome is SeedOutcome.UNCHANGED


def test_what_a_buffer_holds_back_is_no_difference() -> None:
    known = Known(policies={WORKSPACE: Policies(buffers={"etsy": 2})})
    first(known, listing("1", shown("A", 5)))
    assert again(known, listing("1", shown("A", 3))).outcome is SeedOutcome.UNCHANGED


def test_a_new_option_on_the_marketplace_is_proposed() -> None:
    known = Known()
    first(known, listing("1", shown("A", Size="S")))
    done = again(known, listing("1", shown("A", Size="S"), shown("B", Size="M")))
    assert done.proposal is not None
    assert [(d.key, d.acceptable) for d in done.proposal.differences] == [("variants.added.B", True)]


def test_imports_of_undone_batches_and_dead_connections_are_rejected() -> None:
    known = Known(undone_batches={imported(listing("1")).batch_id})
    assert again(known, listing("1")).outcome is SeedOutcome.REJECTED
    known = Known(disconnected_at={ETSY: NOW})
    assert again(known, listing("1")).outcome is SeedOutcome.REJECTED
    revived = again(known, listing("1"), at=NOW + timedelta(seconds=1))
    assert revived.outcome is SeedOutcome.CREATED
