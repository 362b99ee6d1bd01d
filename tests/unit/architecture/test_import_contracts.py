"""The import contracts hold, and each of them turns red when one import is seeded against it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = (*ROOT.glob("libs/*/src/truestock/*"), *ROOT.glob("services/*/src/truestock/*"))
LOCAL = ROOT / "deploy/local/src/truestock/local"

# contract → the module that gets a forbidden import, and the import.
SEEDS = {
    "services-are-independent": ("inventory/seeded.py", "import truestock.importer"),
    "rooms": ("inventory/domain/seeded.py", "import truestock.inventory.usecases"),
    "domain-is-pure": ("inventory/domain/seeded.py", "import sqlalchemy"),
    "usecases-know-no-framework": ("validator/usecases/seeded.py", "import httpx"),
    "contracts-stand-alone": ("contracts/seeded.py", "import truestock.chassis"),
    "chassis-knows-no-business": ("chassis/seeded.py", "import truestock.marketplaces"),
    "who-reads-marketplaces": ("inventory/seeded.py", "import truestock.marketplaces"),
    "marketplaces-are-libraries": ("marketplaces/seeded.py", "import truestock.chassis"),
    "outside-the-services": ("importer/seeded.py", "import truestock.sandbox"),
    "client-and-sandbox-talk-http": ("client/seeded.py", "import truestock.chassis"),
}
_COMMAND = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint(tree: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Run one contract over the sources in ``tree``, found before the installed ones."""
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, "--no-logo", "--no-cache", "--contract", contract],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all our packages, with the contracts beside it."""
    folder = tmp_path_factory.mktemp("sources")
    for source in (*SOURCES, LOCAL):
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / "truestock" / source.name, ignore=ignored)
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_every_contract_has_a_seed() -> None:
    lines = (ROOT / ".importlinter").read_text().splitlines()
    contracts = {
        line[len("[importlinter:contract:") : -1] for line in lines if line.startswith("[importlinter:c")
    }
    assert contracts == SEEDS.keys()


@pytest.mark.parametrize("contract", SEEDS)
def test_a_seeded_import_turns_its_contract_red(tree: Path, contract: str) -> None:
    name, statement = SEEDS[contract]
    seeded = tree / "truestock" / name
    before = lint(tree, contract)
    assert before.returncode == 0, before.stdout + before.stderr
    seeded.write_text(f"{statement}\n")
    try:
        after = lint(tree, contract)
    finally:
        seeded.unlink()
    assert after.returncode == 1, after.stdout + after.stderr
    assert "BROKEN" in after.stdout
