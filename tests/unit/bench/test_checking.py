"""The benchmark's checker notices every event that is missing, doubled or spoiled."""

from dataclasses import replace

import pytest
from bench.checking import Expected, Found, VerdictSeen, problems

KEYS = ("c:1", "c:2", "c:3")
EXPECTED = Expected(KEYS, {"items": 3, "variants": 9})
FOUND = Found(
    tuple(VerdictSeen(key, 1, "passed") for key in KEYS), {"items": 3, "variants": 9, "other": 5}, {1: 3}
)


def test_a_right_end_state_is_accepted() -> None:
    assert problems(EXPECTED, FOUND) == []


def test_warnings_are_a_good_verdict() -> None:
    warned = (*FOUND.verdicts[:2], VerdictSeen("c:3", 1, "passed_with_warnings"))  # type: ignore[index]  # a tuple above
    assert problems(EXPECTED, replace(FOUND, verdicts=warned)) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"verdicts": FOUND.verdicts[1:]}, "1 events without a verdict: c:1"),  # type: ignore[index]  # as above
        (
            {"verdicts": (*FOUND.verdicts, VerdictSeen("c:2", 1, "passed"))},
            "1 events with several verdicts: c:2",
        ),
        (
            {"verdicts": (*FOUND.verdicts, VerdictSeen("x", 1, "passed"))},
            "1 verdicts that nobody asked for: x",
        ),
        (
            {"verdicts": (*FOUND.verdicts[1:], VerdictSeen("c:1", 2, "passed"))},  # type: ignore[index]  # as above
            "1 verdicts of another version than 1: c:1",
        ),
        (
            {"verdicts": (*FOUND.verdicts[1:], VerdictSeen("c:1", 1, "unverifiable"))},  # type: ignore[index]  # as above
            "1 verdicts that are not good: c:1 unverifiable",
        ),
        ({"rows": {"items": 2, "variants": 9}}, "items: 2 instead of 3"),
        ({"rows": {"items": 3}}, "variants: 0 instead of 9"),
        ({"versions": {1: 2, 2: 1}}, "items of another version than 1: {2: 1}"),
    ],
)
def test_what_is_wrong_is_said(wrong: dict[str, object], says: str) -> None:
    assert problems(EXPECTED, replace(FOUND, **wrong)) == [says]  # type: ignore[arg-type]  # one field at a time
