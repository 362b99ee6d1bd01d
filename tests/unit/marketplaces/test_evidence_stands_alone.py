"""Evidence reads values only: a mistake of the mapping must not be able to agree with itself."""

import ast
from pathlib import Path

import pytest

from truestock.marketplaces import decoded, registry, shown

ROOM = Path(shown.__file__).parent


def imported(module: Path) -> set[str]:
    """What of the marketplaces a module imports."""
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    names = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    names |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name for name in names if name.startswith("truestock.marketplaces")}


@pytest.mark.parametrize("marketplace", registry.available())
def test_evidence_imports_the_reading_of_values_and_nothing_else(marketplace: str) -> None:
    assert imported(ROOM / marketplace / "evidence.py") == {shown.__name__}


def test_the_reading_of_values_knows_nothing_of_mappings() -> None:
    assert imported(Path(shown.__file__)) == {decoded.__name__}
    assert imported(Path(decoded.__file__)) == set()
