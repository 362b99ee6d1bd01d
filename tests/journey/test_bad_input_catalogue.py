"""A catalogue that cannot be used: `make demo` says in one sentence why, before anything is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADER = "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price"
ROW = "mug,Mug,,Title,Default Title,MUG,3,12.50"

CATALOGUES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "an unknown column": (f"{HEADER},Moon Phase\n{ROW},full\n".encode(), ("Moon Phase",)),
    "a missing column": (b"Title,Variant Price\nMug,12.50\n", ("Handle",)),
    "UTF-16": (f"{HEADER}\n{ROW}\n".encode("utf-16"), ("UTF-16",)),
    "Latin-1": (f"{HEADER}\n{ROW.replace('Mug', 'Tëa')}\n".encode("latin-1"), ("UTF-8",)),
    "an Excel workbook": (b"PK\x03\x04 and so on", ("Excel",)),
    "a row with too few fields": (f"{HEADER}\n{ROW}\ncup,Cup\n".encode(), ("row 3",)),
    "a quantity that is no number": (
        f"{HEADER}\n{ROW.replace(',3,', ',three,')}\n".encode(),
        ("row 2", "three"),
    ),
    "a price that is no number": (
        f"{HEADER}\n{ROW.replace('12.50', 'cheap')}\n".encode(),
        ("row 2", "cheap"),
    ),
    "a quotation mark left open": (f'{HEADER}\nmug,"Mug,,\n'.encode(), ("quotation",)),
    "a header without a product": (f"{HEADER}\n".encode(), ("no product",)),
    "nothing": (b"", ("empty",)),
}


def demo(home: Path, catalogue: Path, *, command: tuple[str, ...]) -> tuple[int, str, str]:
    """Exit code, output and errors of a demo on this catalogue."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "TRUESTOCK_LOCAL_DIR": str(home), "CATALOG": str(catalogue)},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("what", CATALOGUES)
def test_a_catalogue_that_cannot_be_used_starts_nothing(tmp_path: Path, what: str) -> None:
    content, named = CATALOGUES[what]
    catalogue = tmp_path / "products.csv"
    catalogue.write_bytes(content)
    home = tmp_path / "local"
    command = (sys.executable, "-m", "truestock.local", "demo")
    code, output, errors = demo(home, catalogue, command=command)
    assert code == 1
    assert "Traceback" not in output + errors
    assert len(errors.strip().splitlines()) == 1, errors
    assert "products.csv" in errors
    for word in named:
        assert word.lower() in errors.lower(), errors
    assert output.strip() == "", "something was started"
    assert not home.exists()


def test_make_demo_fails_with_the_same_sentence(tmp_path: Path) -> None:
    """The recipe itself; what `setup` installs is there already."""
    catalogue = tmp_path / "products.csv"
    catalogue.write_bytes(CATALOGUES["an unknown column"][0])
    home = tmp_path / "local"
    code, output, errors = demo(home, catalogue, command=("make", "-o", "setup", "demo"))
    assert code == 2
    assert "Moon Phase" in errors
    assert "Traceback" not in output + errors
    assert not home.exists()
