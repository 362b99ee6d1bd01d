"""The evidence is read without the mapper: a mapping mistake cannot agree with itself."""

import ast
from pathlib import Path

from truestock.marketplaces.ebay import evidence


def test_the_extractor_imports_nothing_of_the_marketplaces() -> None:
    tree = ast.parse(Path(evidence.__file__).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert not [name for name in imported if name and name.startswith("truestock.marketplaces")]
