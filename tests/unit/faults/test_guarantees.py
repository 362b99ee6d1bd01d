"""docs/guarantees.md names tests that exist, and every fault test stands in it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
GUARANTEES = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", GUARANTEES))


def names_in(path: Path) -> set[str]:
    """The tests that a file defines."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, functions)]
    return {node.name for node in found if node.name.startswith("test_")}


def test_every_test_that_proves_a_promise_exists() -> None:
    assert NAMED
    missing = {f"{path}::{name}" for path, name in NAMED if name not in names_in(ROOT / path)}
    assert missing == set()


def test_every_fault_test_proves_a_promise() -> None:
    files = {path for path, _ in NAMED}
    for path in (ROOT / "tests" / "faults").glob("test_*.py"):
        relative = path.relative_to(ROOT).as_posix()
        assert relative in files, f"{relative} is not in docs/guarantees.md"
        if relative != "tests/faults/test_crash_between_steps.py":  # one sentence for all its rounds
            assert {name for of, name in NAMED if of == relative} == names_in(path)
