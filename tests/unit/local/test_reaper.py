"""What is left behind ends; what merely has the same number does not."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from truestock.local import reaper

_IDLE = "import signal; signal.pause()"
_STUBBORN = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\n"
    "while True: signal.pause()"
)


@pytest.fixture
def idle() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", _IDLE], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def write_state(path: Path, pid: int, started: str, folders: list[str] | None = None) -> None:
    entry = {"pid": pid, "started": started, "signal": int(signal.SIGTERM)}
    path.write_text(json.dumps({"processes": [entry], "folders": folders or []}))


def test_a_process_of_the_state_file_ends_and_its_folders_go(
    idle: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    folder, file = tmp_path / "data", tmp_path / "secret"
    folder.mkdir()
    file.write_text("x")
    write_state(tmp_path / "state.json", idle.pid, reaper.started_at(idle.pid), [str(folder), str(file)])

    assert reaper.reap(tmp_path / "state.json") == [idle.pid]

    assert idle.wait(5) == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_a_later_process_with_the_same_number_is_left_alone(
    idle: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    write_state(tmp_path / "state.json", idle.pid, "1")
    assert reaper.reap(tmp_path / "state.json") == []
    assert idle.poll() is None


def test_one_that_ignores_the_signal_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaper, "GRACE_SECONDS", 0.2)
    process = subprocess.Popen(
        [sys.executable, "-c", _STUBBORN], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    write_state(tmp_path / "state.json", process.pid, reaper.started_at(process.pid))
    reaper.reap(tmp_path / "state.json")
    assert process.wait(5) == -signal.SIGKILL
    process.stdout.close()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_state_file_cut_off_by_the_crash_is_no_obstacle(tmp_path: Path, text: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(text)
    assert reaper.reap(state) == []
    assert not state.exists()


def test_an_unreaped_zombie_does_not_count_as_alive() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert not reaper.alive(pid, reaper.started_at(pid))
    os.waitpid(pid, 0)
