"""When a row inherits, and when a connection is quiet."""

import pytest
from support.importer_batches import batch

from truestock.contracts.problem import Refusal
from truestock.importer.domain.batch import BatchState
from truestock.importer.domain.quiescence import check_quiet
from truestock.importer.domain.rows import Known, may_inherit

HASH = b"same"


def test_unchanged_content_with_an_answer_inherits() -> None:
    assert may_inherit(Known(HASH, 3, "created", "passed"), HASH)
    assert may_inherit(Known(HASH, 3, "held", "failed"), HASH)


@pytest.mark.parametrize(
    "known",
    [
        None,
        Known(b"other", 3, "created", "passed"),
        Known(None, 3, "created", "passed"),  # undone: forgotten on purpose
        Known(HASH, 3, None, None),  # never answered
        Known(HASH, 3, "created", None),
        Known(HASH, 3, "dead_lettered", None),
        Known(HASH, 3, "created", "unverifiable"),  # never a pass
    ],
)
def test_anything_else_is_sent_again(known: Known | None) -> None:
    assert not may_inherit(known, HASH)


@pytest.mark.parametrize(
    ("state", "option"),
    [
        (BatchState.QUEUED, "cancel"),
        (BatchState.READING, "pause"),
        (BatchState.PAUSED, "resume"),
        (BatchState.WAITING, "reauthorize the connection"),
        (BatchState.AWAITING_REVIEW, "approve"),
        (BatchState.CANCELLING, "abandon the open listings"),
    ],
)
def test_an_unfinished_batch_refuses_another_and_says_what_can_be_done(
    state: BatchState, option: str
) -> None:
    with pytest.raises(Refusal) as caught:
        check_quiet(batch(state=state), open_rows=2, rows=10)
    assert caught.value.code == "batch_unfinished"
    assert (caught.value.extras["open"], caught.value.extras["closed"]) == (2, 8)
    assert option in caught.value.extras["options"]


def test_a_failed_batch_whose_listings_are_still_in_the_pipeline_refuses_too() -> None:
    with pytest.raises(Refusal):
        check_quiet(batch(state=BatchState.FAILED), open_rows=1, rows=10)


def test_a_finished_and_drained_batch_does_not() -> None:
    check_quiet(batch(state=BatchState.FAILED), open_rows=0, rows=10)
    check_quiet(None, open_rows=0, rows=0)
