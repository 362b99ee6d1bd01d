"""What stands between a listing of a sample and approval."""

import pytest
from support.importer_batches import row
from support.importer_values import note

from truestock.contracts.events import Check, Finding, FindingClass, OpenIssue, Verdict
from truestock.contracts.listing import NoteCode
from truestock.contracts.problem import Refusal
from truestock.contracts.values import Severity
from truestock.importer.domain.blockers import COUNTERPARTS, blockers, check_waivable, open_blockers
from truestock.importer.domain.rows import Row, Waiver


def states(one: Row) -> dict[str, str]:
    return {blocker.code: blocker.state.value for blocker in blockers(one)}


@pytest.mark.parametrize(("code", "issue"), COUNTERPARTS.items())
def test_a_mapping_blocker_is_open_until_inventory_no_longer_sees_it(
    code: NoteCode, issue: OpenIssue
) -> None:
    assert states(row(notes=(note(code),), verdict=None, closed_by=None)) == {code.value: "open"}
    assert states(row(notes=(note(code),), open_issues=(issue,))) == {code.value: "open"}
    assert states(row(notes=(note(code),))) == {code.value: "resolved"}


def test_warnings_do_not_block() -> None:
    assert blockers(row(notes=(note(NoteCode.SKU_MISSING, Severity.WARNING),))) == ()


def test_a_blocker_without_a_counterpart_stays_open_until_it_is_waived() -> None:
    one = row(notes=(note(NoteCode.FIELD_DROPPED),))
    assert states(one) == {"field_dropped": "open"}
    waived = row(notes=one.notes, waived={"field_dropped": Waiver("Ada", "fine")})
    assert states(waived) == {"field_dropped": "waived"}
    assert open_blockers(waived) == ()


def test_a_duplicate_sku_blocks_until_inventory_has_decided() -> None:
    assert states(row(duplicate_skus=("S-1",), verdict=None)) == {"sku_duplicate": "open"}
    assert states(row(duplicate_skus=("S-1",))) == {"sku_duplicate": "resolved"}


def test_a_held_listing_blocks_and_its_linkage_finding_says_nothing_new() -> None:
    held = row(
        outcome="held",
        verdict=Verdict.FAILED.value,
        open_issues=(OpenIssue.HELD,),
        findings=(finding(Check.LISTING_LINKAGE),),
    )
    assert states(held) == {"held": "open"}


def test_nothing_of_a_held_listing_counts_as_resolved() -> None:
    held = row(notes=(note(NoteCode.PRICE_MISSING),), open_issues=(OpenIssue.HELD,))
    assert states(held)["price_missing"] == "open"


def test_a_blocking_finding_blocks_and_a_warning_does_not() -> None:
    one = row(
        verdict=Verdict.FAILED.value,
        findings=(finding(Check.STOCK_QUANTITY), finding(Check.PHOTOS_MATCH, Severity.WARNING)),
    )
    assert states(one) == {"stock.quantity": "open"}


def test_a_dead_letter_blocks_with_its_reason() -> None:
    one = row(outcome="dead_lettered", verdict=None, reasons=("it does not parse",), closed_by="dead_letter")
    (blocker,) = open_blockers(one)
    assert blocker.code == "dead_lettered"
    assert "it does not parse" in blocker.message


def test_an_abandoned_listing_blocks() -> None:
    assert states(row(outcome=None, verdict=None, closed_by="abandoned")) == {"abandoned": "open"}


def test_an_excluded_listing_has_no_open_blocker() -> None:
    assert open_blockers(row(notes=(note(NoteCode.FIELD_DROPPED),), excluded=True)) == ()


def test_quantity_unknown_and_unconfirmed_stock_are_not_blockers() -> None:
    issues = (OpenIssue.QUANTITY_UNKNOWN, OpenIssue.STOCK_UNCONFIRMED, OpenIssue.PROPOSAL_OPEN)
    assert blockers(row(open_issues=issues)) == ()


def test_only_an_open_blocker_is_waived_and_never_a_split() -> None:
    one = row(notes=(note(NoteCode.FIELD_DROPPED),))
    check_waivable(one, "field_dropped")
    with pytest.raises(Refusal, match="no open blocker"):
        check_waivable(one, "price_missing")
    split = row(notes=(note(NoteCode.VARIANTS_IN_TEXT),), open_issues=(OpenIssue.SPLIT_OPEN,))
    with pytest.raises(Refusal, match="cannot be waived"):
        check_waivable(split, "variants_in_text")


def finding(check: Check, severity: Severity = Severity.BLOCKER) -> Finding:
    return Finding(
        check=check, finding_class=FindingClass.DRIFT, severity=severity, subject="S-1", fix="recount"
    )
