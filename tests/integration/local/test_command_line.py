"""``python -m truestock.local``: wrong input is refused with cause and remedy before anything starts."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def call(home: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    """Exit code and standard error of the command."""
    done = subprocess.run(
        [sys.executable, "-m", "truestock.local", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "TRUESTOCK_LOCAL_DIR": str(home), **environ},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "local"


@pytest.mark.parametrize("command", ["demo", "run"])
def test_a_catalogue_that_does_not_exist(home: Path, command: str) -> None:
    code, errors = call(home, command, CATALOG="/nowhere/shop.csv")
    assert code == 1
    assert "/nowhere/shop.csv" in errors
    assert not home.exists()


def test_a_catalogue_with_an_unknown_column_names_it(home: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "shop.csv"
    catalogue.write_text("Handle,Title,Colour of the moon\na,b,c\n")
    code, errors = call(home, "demo", CATALOG=str(catalogue))
    assert code == 1
    assert "Colour of the moon" in errors
    assert not home.exists()


def test_a_report_that_cannot_be_written(home: Path, tmp_path: Path) -> None:
    code, errors = call(home, "demo", REPORT=str(tmp_path / "missing" / "report.json"))
    assert code == 1
    assert "report.json" in errors
    assert not home.exists()


def test_a_port_in_use(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code, errors = call(home, "run", INVENTORY_PORT=str(port))
    assert code == 1
    assert f"Port {port}" in errors
    assert "INVENTORY_PORT" in errors
    assert not home.exists()


def test_no_permission_to_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, errors = call(tmp_path / "file" / "below", "run")
    assert code == 1
    assert "TRUESTOCK_LOCAL_DIR" in errors


def test_a_missing_address_of_the_external_broker(home: Path) -> None:
    code, errors = call(home, "run", BROKER="external")
    assert code == 1
    assert "TRUESTOCK_KAFKA_BOOTSTRAP" in errors
    assert not home.exists()


def test_an_unknown_command_says_which_there_are(home: Path) -> None:
    code, errors = call(home, "start")
    assert code == 2
    assert "demo|run|sweep" in errors
