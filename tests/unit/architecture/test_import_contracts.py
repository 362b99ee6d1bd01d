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

MARKETPLACES = ("amazon", "ebay", "etsy", "shopify", "woocommerce")

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
    "marketplaces-are-independent": ("marketplaces/ebay/seeded.py", "import truestock.marketplaces.etsy"),
    "evidence-is-independent": (
        "marketplaces/etsy/evidence.py",
        "import truestock.marketplaces.etsy.mapper",
    ),
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
    before = lint(tree, contract)
    assert before.returncode == 0, before.stdout + before.stderr
    _expect_red(tree, contract, name, statement)


@pytest.mark.parametrize("marketplace", MARKETPLACES)
@pytest.mark.parametrize("part", ["mapper", "variants"])
def test_every_marketplaces_evidence_is_kept_apart_from_its_mapping(
    tree: Path, marketplace: str, part: str
) -> None:
    """The contract names no marketplace, so that one more is covered without a line of its own."""
    name = f"marketplaces/{marketplace}/evidence.py"
    statement = f"from truestock.marketplaces.{marketplace} import {part}"
    _expect_red(tree, "evidence-is-independent", name, statement)


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_every_marketplaces_evidence_is_kept_apart_from_what_mappings_share(
    tree: Path, marketplace: str
) -> None:
    name = f"marketplaces/{marketplace}/evidence.py"
    _expect_red(tree, "evidence-is-independent", name, "from truestock.marketplaces.mapping import variants")


def test_the_contracts_know_every_marketplace() -> None:
    rooms = (ROOT / "libs/marketplaces/src/truestock/marketplaces").glob("*/adapter.py")
    assert tuple(sorted(room.parent.name for room in rooms)) == MARKETPLACES
    lines = (ROOT / ".importlinter").read_text().split()
    named = [line for line in lines if line.startswith("truestock.marketplaces.") and "*" not in line]
    assert {f"truestock.marketplaces.{name}" for name in MARKETPLACES} <= set(named)


def _expect_red(tree: Path, contract: str, name: str, statement: str) -> None:
    """Seed the import into the module, new or not, and take it out again."""
    seeded = tree / "truestock" / name
    kept = seeded.read_text() if seeded.exists() else None
    seeded.write_text(f"{kept or ''}\n{statement}\n")
    try:
        after = lint(tree, contract)
    finally:
        if kept is None:
            seeded.unlink()
        else:
            seeded.write_text(kept)
    assert after.returncode == 1, after.stdout + after.stderr
    assert "BROKEN" in after.stdout
