"""The folder of this test session's servers: logs stay in ``.local/test-…``, nothing keeps running."""

from collections.abc import Iterator

import pytest

from truestock.local.runs import Run


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """One run for the whole session."""
    opened = Run.open("test")
    yield opened
    opened.close()
