"""The folder of a run: its lock tells the living from the dead."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from truestock.local import runs
from truestock.local.errors import StackError
from truestock.local.runs import Run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRUESTOCK_LOCAL_DIR", str(tmp_path / "a folder"))
    return tmp_path / "a folder"


def idle() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)


def test_closing_a_run_ends_its_processes_and_keeps_its_logs(home: Path) -> None:
    run = Run.open("unit")
    process = idle()
    run.watch(process, signal.SIGTERM)
    run.close()
    assert process.wait(5) == -signal.SIGTERM
    assert run.logs.is_dir()
    assert not (run.folder / "state.json").exists()


def test_the_next_run_ends_what_a_dead_run_left(home: Path) -> None:
    left = home / "unit-dead"
    left.mkdir(parents=True)
    (left / "lock").touch()
    dead = Run(left)
    process = idle()
    dead.watch(process, signal.SIGTERM)

    Run.open("unit").close()

    assert process.wait(5) == -signal.SIGTERM


def test_a_living_run_is_left_alone(home: Path) -> None:
    first = Run.open("unit")
    process = idle()
    first.watch(process, signal.SIGTERM)

    Run.open("unit").close()

    assert process.poll() is None
    first.close()
    process.wait(5)


def test_only_the_newest_logs_are_kept(home: Path) -> None:
    for _ in range(8):
        Run.open("unit").close()
    assert len(list(home.iterdir())) <= runs.KEPT_RUNS + 1


def test_a_place_that_cannot_be_written_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRUESTOCK_LOCAL_DIR", str(tmp_path / "file" / "below"))
    with pytest.raises(StackError) as refused:
        Run.open("unit")
    assert str(tmp_path / "file" / "below") in refused.value.cause
    assert "TRUESTOCK_LOCAL_DIR" in refused.value.remedy
