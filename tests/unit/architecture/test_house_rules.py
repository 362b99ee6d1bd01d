"""The house rules hold, and each check turns red on a seeded defect."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from support import rules

ROOT = Path(__file__).resolve().parents[3]
Check = Callable[[Path], Iterable[object]]

CHECKS: dict[Check, tuple[str, str]] = {
    rules.pauses_in_tests: ("tests/unit/test_seeded.py", "import time\ntime.sleep(1)\n"),
    rules.evasions_in_tests: ("tests/unit/test_seeded.py", "import pytest\npytest.skip('later')\n"),
    rules.ignores_without_reason: ("libs/x/seeded.py", "import os  # noqa: F401\n"),
    rules.leftovers: ("services/x/seeded.py", "raise NotImplemented" + "Error\n"),
    rules.catch_all_names: ("services/x/utils.py", "\n"),
    rules.addresses_of_registries: ("requirements/seeded.lock", "# https://pypi" + ".org/simple\n"),
    rules.too_large: ("libs/x/seeded.py", "pass\n" * 500),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_repository_keeps_the_rule(check: Check) -> None:
    assert [str(violation) for violation in check(ROOT)] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_seeded_defect_is_found(check: Check, tmp_path: Path) -> None:
    name, text = CHECKS[check]
    for copy in (tmp_path / name, (tmp_path / name).with_name(f"second_{Path(name).name}")):
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
    assert list(check(tmp_path))


@pytest.mark.parametrize(
    "pause",
    [
        "import asyncio\nasync def test() -> None:\n    await asyncio.sleep(0)\n",
        "from time import sleep\nsleep(1)\n",
        "import anyio as io\nasync def test() -> None:\n    await io.sleep(0.1)\n",
    ],
    ids=["only yielding", "imported by name", "another library"],
)
def test_every_sleep_in_a_test_is_found(pause: str, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_seeded.py").write_text(pause)
    assert len(list(rules.pauses_in_tests(tmp_path))) == 1


def test_an_ignore_with_its_reason_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "fine.py").write_text("import os  # noqa: F401  # re-exported for callers\n")
    assert list(rules.ignores_without_reason(tmp_path)) == []
