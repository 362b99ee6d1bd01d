"""What approval needs (domain, importer 4)."""

import pytest
from support.importer_batches import batch, row
from support.importer_values import note

from truestock.contracts.events import OpenIssue, Verdict
from truestock.contracts.listing import NoteCode
from truestock.contracts.problem import Refusal
from truestock.importer.domain.approval import approval, check_approvable
from truestock.importer.domain.batch import Phase
from truestock.importer.domain.rows import Row, Waiver


def codes(rows: list[Row], **changes: object) -> list[str]:
    return [waiting.code for waiting in approval(batch(**changes), rows).waiting_for]


def test_a_clean_sample_is_ready() -> None:
    assert approval(batch(), [row()]).ready
    check_approvable(batch(), [row()])


def test_reading_must_be_complete() -> None:
    assert codes([row()], phase=Phase.PICKED) == ["reading_incomplete"]


@pytest.mark.parametrize("rows", [[], [row(excluded=True)]])
def test_a_sample_that_shows_nothing_is_not_approved(rows: list[Row]) -> None:
    assert codes(rows) == ["empty_sample"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"verdict": None, "closed_by": None}, "listings_open"),
        ({"verdict": Verdict.UNVERIFIABLE.value}, "unverifiable"),
        ({"open_issues": (OpenIssue.STOCK_UNCONFIRMED,)}, "stock_unconfirmed"),
        ({"open_issues": (OpenIssue.SPLIT_OPEN,)}, "split_open"),
        ({"open_issues": (OpenIssue.HELD,)}, "blocker:held"),
        ({"notes": (note(NoteCode.FIELD_DROPPED),)}, "blocker:field_dropped"),
    ],
)
def test_each_thing_that_is_open_is_waited_for_by_name(changes: dict[str, object], expected: str) -> None:
    assert codes([row("ok"), row("not", **changes)]) == [expected]
    (waiting,) = approval(batch(), [row("ok"), row("not", **changes)]).waiting_for
    assert waiting.listing_ids == ("not",)
    assert waiting.remedy
    assert codes([row("ok"), row("not", **changes, excluded=True)]) == []


def test_a_split_is_waited_for_once_though_two_codes_name_it() -> None:
    one = row(notes=(note(NoteCode.VARIANTS_IN_TEXT),), open_issues=(OpenIssue.SPLIT_OPEN,))
    assert codes([one]) == ["split_open"]


def test_a_waived_blocker_is_decided() -> None:
    waived = {"field_dropped": Waiver("Ada", "not needed")}
    assert codes([row(notes=(note(NoteCode.FIELD_DROPPED),), waived=waived)]) == []


@pytest.mark.parametrize(("number", "named"), [(1, "1 listing "), (2, "2 listings ")])
def test_listings_are_counted_in_words(number: int, named: str) -> None:
    rows = [row(str(one), open_issues=(OpenIssue.STOCK_UNCONFIRMED,)) for one in range(number)]
    [waiting] = approval(batch(), rows).waiting_for
    assert named in waiting.detail


def test_a_refusal_names_everything_that_is_missing() -> None:
    rows = [row("1", verdict="unverifiable"), row("2", open_issues=(OpenIssue.STOCK_UNCONFIRMED,))]
    with pytest.raises(Refusal) as caught:
        check_approvable(batch(), rows)
    assert caught.value.code == "approval_not_ready"
    waited = caught.value.extras["waiting_for"]
    assert [waiting["code"] for waiting in waited] == ["unverifiable", "stock_unconfirmed"]
