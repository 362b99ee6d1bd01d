"""Setting up: what is remembered, and what a person reads when it cannot work."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "deploy/local/bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_package_of_the_repository_is_installed(bootstrap: ModuleType) -> None:
    ours = {
        str(path.parent.relative_to(ROOT))
        for folder in ("libs", "services", "deploy")
        for path in (ROOT / folder).glob("*/pyproject.toml")
    }
    assert set(bootstrap.PACKAGES) == ours


def test_a_changed_lock_makes_the_environment_stale(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*(f"{package}/pyproject.toml" for package in bootstrap.PACKAGES), "requirements/local.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    before = bootstrap._fingerprint(tmp_path / ".venv", "local")
    assert bootstrap._fingerprint(tmp_path / ".venv", "local") == before
    (tmp_path / "requirements/local.lock").write_text("changed")
    assert bootstrap._fingerprint(tmp_path / ".venv", "local") != before


def test_a_python_without_pip_is_refused_with_the_remedy(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "_has", lambda python, module: False)
    with pytest.raises(bootstrap.SetupError, match="python3-venv"):
        bootstrap._create(tmp_path / "venv")


def test_an_old_python_without_a_newer_one_beside_it_is_refused(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "LOWEST", (99, 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.SetupError, match=r"99\.0 or newer is needed and .* is 3"):
        bootstrap._interpreter()


def test_an_unknown_profile_is_refused(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["everything"]) == 2
    assert "choose local or dev" in capsys.readouterr().err


def test_the_script_needs_nothing_but_the_standard_library() -> None:
    source = (ROOT / "deploy/local/bootstrap.py").read_text()
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
