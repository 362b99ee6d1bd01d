"""Where a local PostgreSQL keeps its data."""

from pathlib import Path

import pytest

from truestock.local.postgres.server import private_place
from truestock.local.runs import Run


def test_two_servers_of_one_run_that_is_not_roots_have_a_place_each_until_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUESTOCK_LOCAL_DIR", str(tmp_path))
    run = Run.open("unit")
    places = [private_place(run, None) for _ in range(2)]
    assert places[0] != places[1]
    assert all(place.is_dir() for place in places)
    run.close()
    assert not any(place.exists() for place in places)
