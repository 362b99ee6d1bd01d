"""Every test that asks for ``entry`` runs once per marketplace."""

import pytest
from support.marketplace_worlds import WORLDS, Entry


@pytest.fixture(params=WORLDS, ids=lambda entry: entry.name)
def entry(request: pytest.FixtureRequest) -> Entry:
    """A marketplace in the suite."""
    found: Entry = request.param
    return found
