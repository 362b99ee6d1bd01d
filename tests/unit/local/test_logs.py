"""Log lines inside an error."""

import json

import pytest

from truestock.local.logs import readable

RAISED = (
    "Traceback (most recent call last):\n  File x\nsome.Error: no such table\n[SQL: SELECT 1]\n(Background)"
)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("FATAL:  data directory is locked", "FATAL:  data directory is locked"),
        (json.dumps({"level": "INFO", "message": "started"}), "INFO started"),
        (
            json.dumps({"level": "ERROR", "message": "failed", "exception": RAISED}),
            "ERROR failed: some.Error: no such table",
        ),
        (json.dumps({"something": "else"}), '{"something": "else"}'),
        ("[1]", "[1]"),
        ("x" * 1000, "x" * 299 + "…"),
    ],
)
def test_a_line_is_short_and_names_what_was_raised(line: str, shown: str) -> None:
    assert readable(line) == shown
