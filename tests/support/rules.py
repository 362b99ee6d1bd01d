"""House rules that no linter knows, as functions over a source tree."""

import ast
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CODE_FOLDERS = ("libs", "services", "deploy", "tests")
_REASONED = re.compile(r"(type: ignore\[[^\]]*\]|noqa: [A-Z0-9, ]+)\s+# \S")
_IGNORE = re.compile(r"#\s*(type: ignore|noqa)")
# Split, so that this file does not name them itself.
_REGISTRIES = tuple("".join(parts) for parts in (
    ("pypi", ".org"), ("pythonhosted", ".org"), ("registry.npmjs", ".org"), ("repo1.maven", ".org"),
    ("repo.maven.apache", ".org"), ("crates", ".io"), ("deb.debian", ".org"),
))  # fmt: skip  # one pair per host reads better


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a rule is broken, and which."""

    path: Path
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}"


def python_files(root: Path) -> list[Path]:
    """Our Python sources, migrations and generated caches apart."""
    found = (path for folder in CODE_FOLDERS for path in (root / folder).rglob("*.py"))
    return sorted(path for path in found if not {"__pycache__", ".venv"} & set(path.parts))


def too_large(root: Path, median: int = 100, p95: int = 300) -> list[str]:
    """Complaints about the lines per file of what ships: median and 95th percentile."""
    shipped = [path for path in python_files(root) if "tests" not in path.parts]
    sizes = sorted(len(path.read_text().splitlines()) for path in shipped)
    if len(sizes) < 2:
        return []
    complaints = []
    if statistics.median(sizes) > median:
        complaints.append(f"the median file has {statistics.median(sizes):.0f} lines, more than {median}")
    if (high := statistics.quantiles(sizes, n=20)[-1]) > p95:
        complaints.append(f"the 95th percentile has {high:.0f} lines, more than {p95}")
    return complaints


def pauses_in_tests(root: Path) -> Iterator[Violation]:
    """Sleeps in tests; tests/support/waiting.py is the one place that waits."""
    for path in python_files(root):
        if "tests" not in path.relative_to(root).parts or path.name == "waiting.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _pauses(node):
                yield Violation(
                    path,
                    node.lineno,
                    "a pause in a test: wait for an event, or use support.waiting.eventually",
                )


def _pauses(call: ast.Call) -> bool:
    """Whosever ``sleep`` it is and however short: one that only yields hopes for an order of tasks."""
    function = call.func
    return (isinstance(function, ast.Attribute) and function.attr == "sleep") or (
        isinstance(function, ast.Name) and function.id == "sleep"
    )


def evasions_in_tests(root: Path) -> Iterator[Violation]:
    """Skipped or expected-to-fail tests, and mocks."""
    for path in python_files(root):
        if "tests" not in path.relative_to(root).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
            if name in {"skip", "skipif", "xfail", "importorskip"}:
                yield Violation(path, getattr(node, "lineno", 0), "a skipped or expected-to-fail test")
            if name in {"MagicMock", "AsyncMock", "Mock"}:
                yield Violation(path, getattr(node, "lineno", 0), "a mock: write a fake with plain values")


def ignores_without_reason(root: Path) -> Iterator[Violation]:
    """``noqa`` and ``type: ignore`` that do not say why on their line."""
    for path in python_files(root):
        for number, text in enumerate(path.read_text().splitlines(), 1):
            if _IGNORE.search(text) and "rules.py" not in path.name and not _REASONED.search(text):
                yield Violation(path, number, "an ignore without its code and `# reason`")


def leftovers(root: Path) -> Iterator[Violation]:
    """Unfinished work in what ships."""
    words = ("NotImplementedError", "TO" + "DO", "FIX" + "ME")
    for path in python_files(root):
        for number, text in enumerate(path.read_text().splitlines(), 1):
            for word in words:
                if re.search(rf"\b{word}\b", text) and "rules.py" not in path.name:
                    yield Violation(path, number, f"unfinished: {word}")


def catch_all_names(root: Path) -> Iterator[Violation]:
    """Files whose name says nothing."""
    for path in python_files(root):
        if path.name in {"utils.py", "common.py", "helpers.py", "misc.py"} and "models" not in path.parts:
            yield Violation(path, 1, "a name that says nothing about its content")


def addresses_of_registries(root: Path) -> Iterator[Violation]:
    """Hosts of package registries: a machine chooses its own index."""
    patterns = (
        "*.py",
        "*.toml",
        "*.lock",
        "*.in",
        "*.yaml",
        "*.yml",
        "*.xml",
        "*.md",
        "Makefile",
        "Dockerfile*",
    )
    for folder in (*CODE_FOLDERS, "requirements", "docs", "."):
        for pattern in patterns:
            files = (root / folder).glob(pattern) if folder == "." else (root / folder).rglob(pattern)
            for path in files:
                for number, text in enumerate(path.read_text(errors="replace").splitlines(), 1):
                    if any(host in text for host in _REGISTRIES):
                        yield Violation(path, number, "the address of a package registry")
