"""Each check of domain.md §4 by itself."""

from typing import Any

import pytest
from support.validator_values import PHOTOS, History, brief, evidence, sellable, state, variant

from truestock.contracts.events import BatchKind, Finding, SeedOutcome, SyncState, Verdict
from truestock.contracts.listing import Evidence, ListingState
from truestock.contracts.values import Marketplace
from truestock.validator.domain.judge import base_at, first_base, judge_unseeded
from truestock.validator.domain.matching import MatchedBy, match


def findings(
    ours: SyncState, theirs: Evidence, *, before: tuple[SyncState, Evidence] | None = None, **more: Any
) -> tuple[Finding, ...]:
    first, imported = before or (ours, theirs)
    return History(first, imported).judge(ours, theirs, **more).findings


def test_linkage_by_our_own_link_alone_is_a_warning() -> None:
    judged = History(state(variant(sku=None)), evidence(sellable(sku=None)))
    result = judged.judge(state(variant(sku=None)), evidence(sellable(sku=None)))
    assert brief(result.findings) == [("listing.linkage", "attention", "warning")]
    assert result.verdict is Verdict.PASSED_WITH_WARNINGS


def test_a_sku_given_in_inventory_awaits_publishing() -> None:
    before = (state(variant(sku=None)), evidence(sellable(sku=None)))
    found = findings(state(), evidence(sellable(sku=None)), before=before)
    assert ("listing.linkage", "pending_publish", "warning") in brief(found)


def test_another_sku_on_the_marketplace_is_drift() -> None:
    found = findings(state(), evidence(sellable(sku="OTHER")), before=(state(), evidence()))
    assert brief(found)[0] == ("listing.linkage", "drift", "blocker")


@pytest.mark.parametrize("outcome", [SeedOutcome.HELD, SeedOutcome.REJECTED])
def test_held_and_rejected_fail_on_linkage(outcome: SeedOutcome) -> None:
    judged = judge_unseeded("1001", outcome, ("same title as another item",))
    assert judged.verdict is Verdict.FAILED
    assert brief(judged.findings) == [("listing.linkage", "attention", "blocker")]
    assert "same title" in judged.findings[0].subject


def test_matching_by_sku_then_options_then_sole() -> None:
    matching = match(
        (variant("M"), variant("L", sku=None)), (sellable("L", sku="new"), sellable("M", options=()))
    )
    assert [(one.by, one.variants[0].variant_id) for one in matching.matches] == [
        (MatchedBy.SKU, variant("M").variant_id),
        (MatchedBy.OPTIONS, variant("L").variant_id),
    ]
    sole = match((variant("M", sku=None),), (sellable("L", sku=None),))
    assert [one.by for one in sole.matches] == [MatchedBy.SOLE]


def test_a_sku_twice_in_the_listing_identifies_nothing() -> None:
    twice = match(
        (variant("M", sku="A"), variant("L", sku="A")), (sellable("M", sku="A"), sellable("L", sku="A"))
    )
    assert [one.by for one in twice.matches] == [MatchedBy.OPTIONS, MatchedBy.OPTIONS]


def test_an_option_added_on_the_marketplace_is_drift_and_a_missing_one_too() -> None:
    two = (state(variant("M"), variant("L")), evidence(sellable("M"), sellable("L")))
    more = findings(two[0], evidence(sellable("M"), sellable("L"), sellable("XL")), before=two)
    assert brief(more) == [("variant.mapping", "drift", "blocker")]
    fewer = findings(two[0], evidence(sellable("M")), before=two)
    assert brief(fewer) == [("variant.mapping", "drift", "blocker")]


def test_options_that_the_mapper_missed_or_invented_are_mapping() -> None:
    missed = findings(state(variant("M"), variant("L")), evidence(*map(sellable, ("M", "L", "XL"))))
    assert brief(missed) == [("variant.mapping", "mapping", "blocker")]
    invented = findings(state(*map(variant, ("M", "L", "XL"))), evidence(sellable("M"), sellable("L")))
    assert brief(invented) == [("variant.mapping", "mapping", "blocker")]


def test_a_variant_new_in_inventory_awaits_publishing_and_so_does_a_removed_one() -> None:
    two = (state(variant("M"), variant("L")), evidence(sellable("M"), sellable("L")))
    added = findings(state(*map(variant, ("M", "L", "XL"))), two[1], before=two)
    assert brief(added) == [("variant.mapping", "pending_publish", "warning")]
    three = (state(*map(variant, ("M", "L", "XL"))), evidence(*map(sellable, ("M", "L", "XL"))))
    removed = findings(two[0], three[1], before=three)
    assert brief(removed) == [("variant.mapping", "pending_publish", "warning")]


def test_an_accepted_split_awaits_publishing_and_its_stock_is_compared_as_a_sum() -> None:
    one = (
        state(variant("whole", 10, options=(), sku=None)),
        evidence(sellable("whole", 10, options=(), sku=None)),
    )
    split = state(
        variant("whole", 4, options=variant("M").options, on_channel=False),
        variant("L", 6, on_channel=False),
    )
    found = findings(split, one[1], before=one)
    assert brief(found) == [
        ("listing.linkage", "attention", "warning"),
        ("variant.mapping", "pending_publish", "warning"),
    ]
    sold = findings(split, evidence(sellable("whole", 9, options=(), sku=None)), before=one)
    assert brief(sold)[0] == ("stock.quantity", "drift", "blocker")


def test_unknown_stock_is_a_finding_and_not_a_crash() -> None:
    unknown = state(variant(available=None))
    assert brief(findings(unknown, evidence())) == [("stock.quantity", "mapping", "blocker")]
    both = findings(unknown, evidence(sellable(quantity=None)))
    assert brief(both) == [("stock.quantity", "attention", "warning")]
    counted = findings(
        state(), evidence(sellable(quantity=None)), before=(unknown, evidence(sellable(quantity=None)))
    )
    assert brief(counted) == [("stock.quantity", "pending_publish", "warning")]
    zero = findings(unknown, evidence(sellable(quantity=0)))
    assert brief(zero) == [("stock.quantity", "mapping", "blocker")]


def test_a_price_on_neither_side_is_noticed() -> None:
    found = findings(state(variant(price=None)), evidence(sellable(price=None)))
    assert brief(found) == [("price.intent", "attention", "warning")]


def test_photos_by_number_order_and_primary() -> None:
    before = (state(), evidence())
    subjects = [
        findings(state(), evidence(photos=shown), before=before)[0].subject
        for shown in (PHOTOS[:1], PHOTOS[::-1], (PHOTOS[0], "https://photos.example/x.jpg"))
    ]
    assert subjects == ["number of photos", "primary photo", "photos"]


def test_unreachable_photos_all_in_a_sample_the_primary_one_in_a_bulk() -> None:
    second_is_broken = {PHOTOS[0]: True, PHOTOS[1]: False}
    sample = findings(state(), evidence(), reachable=second_is_broken)
    assert brief(sample) == [("photos.match", "attention", "warning")]
    assert findings(state(), evidence(), reachable=second_is_broken, kind=BatchKind.BULK) == ()


def test_a_title_cut_to_the_channels_limit_matches() -> None:
    long = " ".join(["handwoven"] * 20)
    cut, at_word = long[:140], long[:140].rpartition(" ")[0]
    for shown in (cut, at_word):
        assert findings(state(title=long), evidence(title=shown)) == ()
    assert brief(findings(state(title=long), evidence(title=long[:60]))) == [
        ("title.match", "mapping", "blocker")
    ]
    other = state(title=long, marketplace=Marketplace.WOOCOMMERCE)
    assert brief(findings(other, evidence(title=cut))) == [("title.match", "mapping", "blocker")]


def test_stock_or_shared_data_on_the_channel_alone_is_a_blocker() -> None:
    assert findings(state(channel_keys=("category_id", "condition")), evidence()) == ()
    found = findings(state(channel_keys=("quantity", "Title")), evidence())
    assert brief(found) == [("fields.separation", "mapping", "blocker")]


def test_unconfirmed_stock_is_one_warning_per_listing() -> None:
    ours = state(variant("M", confirmed=False), variant("L", confirmed=False))
    found = findings(ours, evidence(sellable("M"), sellable("L")))
    assert brief(found) == [("stock.confirmed", "attention", "warning")]
    assert found[0].inventory == "2 of 2 variants unconfirmed"


def test_a_removed_listing_is_gone() -> None:
    assert brief(findings(state(), evidence(state=ListingState.REMOVED)))[0][1] == "drift"


def test_a_later_seeding_keeps_the_base_completes_it_and_another_item_starts_afresh() -> None:
    first = first_base(state(), evidence(), linked=False)
    again = base_at(first, state(variant(available=9)), evidence(sellable(quantity=9)), linked=False)
    assert again is first
    grown = base_at(
        first,
        state(variant("M"), variant("L", 2)),
        evidence(sellable("M", 9), sellable("L", 2)),
        linked=False,
    )
    assert grown.values[f"{variant('M').variant_id}/quantity"].marketplace == "5"
    assert grown.values[f"{variant('L').variant_id}/quantity"].marketplace == "2"
    other = state(item_id=variant("x").variant_id)
    assert base_at(first, other, evidence(sellable(quantity=9)), linked=False).values != first.values


def test_worst_first() -> None:
    ours = state(variant(available=4, confirmed=False))
    found = findings(ours, evidence(sellable(price="99")), before=(state(), evidence()))
    assert [str(one.severity) for one in found] == ["blocker", "warning", "warning"]
