"""Each row of the table in domain.md §4: who moved decides the class, whether it blocks, and the cure."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from support.validator_values import PHOTOS, History, brief, evidence, money, sellable, state, variant

from truestock.contracts.events import SyncState, Verdict
from truestock.contracts.listing import Evidence
from truestock.validator.domain.model import Policies, Unreadable, UnreadableReason


def two() -> Evidence:
    return evidence(sellable("M"), sellable("L"))


def test_agreement_is_no_finding() -> None:
    judged = History(state(), evidence()).judge(state(), evidence())
    assert (judged.verdict, judged.findings) == (Verdict.PASSED, ())


SIDES: dict[str, tuple[Callable[[int], SyncState], Callable[[int], Evidence], str]] = {
    "quantity": (
        lambda n: state(variant(available=5 + n)),
        lambda n: evidence(sellable(quantity=5 + n)),
        "stock.quantity",
    ),
    "price": (
        lambda n: state(variant(price=f"{12 + n}.50")),
        lambda n: evidence(sellable(price=f"{12 + n}.50")),
        "price.intent",
    ),
    "title": (
        lambda n: state(title=f"Linen shirt {n or ''}"),
        lambda n: evidence(title=f"Linen shirt {n or ''}"),
        "title.match",
    ),
    "photos": (
        lambda n: state(photos=(*PHOTOS, *[f"https://photos.example/{n}.jpg"] * bool(n))),
        lambda n: evidence(photos=(*PHOTOS, *[f"https://photos.example/{n}.jpg"] * bool(n))),
        "photos.match",
    ),
}


@pytest.mark.parametrize("value", SIDES)
@pytest.mark.parametrize(
    ("inventory", "marketplace", "expected", "severity", "verdict"),
    [
        (1, 0, "pending_publish", "warning", Verdict.PASSED_WITH_WARNINGS),
        (0, 1, "drift", "blocker", Verdict.FAILED),
        (1, 2, "conflict", "blocker", Verdict.FAILED),
    ],
)
def test_who_moved_since_both_agreed(
    value: str, inventory: int, marketplace: int, expected: str, severity: str, verdict: Verdict
) -> None:
    ours, theirs, check = SIDES[value]
    judged = History(ours(0), theirs(0)).judge(ours(inventory), theirs(marketplace))
    assert brief(judged.findings) == [(check, expected, severity)]
    assert judged.verdict is verdict


@pytest.mark.parametrize("value", SIDES)
def test_different_from_the_start_is_a_mapping_defect(value: str) -> None:
    ours, theirs, check = SIDES[value]
    judged = History(ours(0), theirs(1)).judge(ours(0), theirs(1))
    assert brief(judged.findings) == [(check, "mapping", "blocker")]
    assert "undo the batch and import again" in judged.findings[0].fix


def test_the_finding_shows_all_three_sides_and_the_fix() -> None:
    judged = History(state(), evidence()).judge(state(), evidence(sellable(quantity=3)))
    (finding,) = judged.findings
    assert (finding.base, finding.inventory, finding.marketplace) == ("5", "5", "3")
    assert finding.variant_id == variant().variant_id
    assert "record what was sold" in finding.fix


def test_both_sides_moving_to_the_same_value_is_agreement_and_the_new_base() -> None:
    history = History(state(), evidence())
    assert (
        history.judge(state(variant(available=4)), evidence(sellable(quantity=4))).verdict is Verdict.PASSED
    )
    judged = history.judge(state(variant(available=4)), evidence(sellable(quantity=5)))
    assert brief(judged.findings) == [("stock.quantity", "drift", "blocker")]
    assert judged.findings[0].base == "4"


def test_the_base_does_not_move_while_the_sides_disagree() -> None:
    history = History(state(), evidence())
    drifted = evidence(sellable(quantity=3))
    assert brief(history.judge(state(), drifted).findings) == [("stock.quantity", "drift", "blocker")]
    assert brief(history.judge(state(), drifted).findings) == [("stock.quantity", "drift", "blocker")]
    assert history.judge(state(variant(available=3)), drifted).verdict is Verdict.PASSED


def test_an_edit_cures_a_difference_from_the_start() -> None:
    history = History(state(variant(price="1250")), evidence())
    assert history.judge(state(variant(price="1250")), evidence()).verdict is Verdict.FAILED
    assert history.judge(state(variant(price="12.50")), evidence()).verdict is Verdict.PASSED


def test_seeded_mapper_defect_price_divisor() -> None:
    wrong = state(variant(price="1250.00"))
    (finding,) = History(wrong, evidence()).judge(wrong, evidence()).findings
    assert (str(finding.check), str(finding.finding_class)) == ("price.intent", "mapping")
    assert (finding.inventory, finding.marketplace) == ("1250 EUR", "12.50 EUR")


def test_seeded_mapper_defect_swapped_options_with_skus() -> None:
    wrong = state(variant("M", options=variant("L").options), variant("L", options=variant("M").options))
    judged = History(wrong, two()).judge(wrong, two())
    assert brief(judged.findings) == [("variant.mapping", "mapping", "blocker")] * 2


def test_seeded_mapper_defect_swapped_options_without_skus() -> None:
    wrong = state(variant("M", available=2, sku=None), variant("L", available=7, sku=None))
    seen = evidence(sellable("M", 7, sku=None), sellable("L", 2, sku=None))
    findings = History(wrong, seen).judge(wrong, seen).findings
    assert brief(findings)[:2] == [("stock.quantity", "mapping", "blocker")] * 2


def test_a_buffer_from_the_start_awaits_publishing_and_is_no_mapping_defect() -> None:
    ours = state(variant(available=3, on_hand=5))
    judged = History(ours, evidence()).judge(ours, evidence())
    assert brief(judged.findings) == [("stock.quantity", "pending_publish", "warning")]


def test_a_linked_listing_may_differ_in_what_inventory_overrules_but_not_in_stock() -> None:
    ours = state(title="The older title")
    theirs = evidence(sellable(quantity=9, price="14"))
    findings = History(ours, theirs, linked=True).judge(ours, theirs).findings
    assert brief(findings) == [
        ("stock.quantity", "mapping", "blocker"),
        ("price.intent", "pending_publish", "warning"),
        ("title.match", "pending_publish", "warning"),
    ]
    assert "linked" in findings[0].fix


def test_a_sku_that_only_one_side_of_a_link_has_contradicts_nothing() -> None:
    for ours, theirs in (
        (state(variant(sku=None)), evidence(sellable(sku="THEIRS"))),
        (state(variant(sku="OURS")), evidence(sellable(sku=None))),
    ):
        findings = History(ours, theirs, linked=True).judge(ours, theirs).findings
        assert {(one.check, one.severity) for one in findings} == {("listing.linkage", "warning")}
    ours, theirs = state(variant(sku="OURS")), evidence(sellable(sku="THEIRS"))
    findings = History(ours, theirs, linked=True).judge(ours, theirs).findings
    assert ("listing.linkage", "mapping", "blocker") in brief(findings)


def test_currency_never_agrees_with_another_and_cents_within_the_tolerance_do() -> None:
    history = History(state(), evidence())
    assert history.judge(state(), evidence(sellable(price="12.51"))).verdict is Verdict.PASSED
    strict = history.judge(
        state(), evidence(sellable(price="12.52")), policies=Policies(price_tolerance=Decimal(0))
    )
    assert brief(strict.findings) == [("price.intent", "drift", "blocker")]
    dollars = evidence(sellable().model_copy(update={"price": money("12.50", "USD")}))
    assert brief(history.judge(state(), dollars).findings) == [("price.intent", "drift", "blocker")]


def test_unreadable_is_never_a_pass_and_moves_no_base() -> None:
    why = Unreadable(UnreadableReason.UNREACHABLE, "no answer")
    judged = History(state(), evidence()).judge(state(), why)
    assert judged.verdict is Verdict.UNVERIFIABLE
    assert brief(judged.findings) == [("listing.linkage", "unreadable", "blocker")]
    assert judged.agreed == {}


def test_a_listing_that_is_gone_is_drift_of_its_linkage() -> None:
    judged = History(state(), evidence()).judge(state(), None)
    assert (judged.verdict, brief(judged.findings)) == (
        Verdict.FAILED,
        [("listing.linkage", "drift", "blocker")],
    )
