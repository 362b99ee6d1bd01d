"""How a command finds the installation."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from support.client_world import ENDPOINTS

from truestock.client.endpoints import Endpoints, find
from truestock.contracts.problem import Refusal


def test_a_named_file_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    path.write_text(json.dumps(asdict(ENDPOINTS) | {"importer": "http://other/"}))
    found = find(path, {"TRUESTOCK_IMPORTER_URL": "http://wrong"}, tmp_path)
    assert found.importer == "http://other"


def test_the_environment_names_each_service(tmp_path: Path) -> None:
    names = ("connector", "importer", "inventory", "validator", "issuer")
    environ = {f"TRUESTOCK_{name.upper()}_URL": f"http://{name}.example/" for name in names}
    found = find(None, environ, tmp_path)
    assert found.validator == "http://validator.example"
    assert found.sandbox is None


def test_the_local_stack_is_found_from_a_folder_below(tmp_path: Path) -> None:
    ENDPOINTS.write(tmp_path / ".local" / "endpoints.json")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find(None, {"HOME": str(tmp_path / "home")}, below) == ENDPOINTS


def test_the_last_login_is_remembered(tmp_path: Path) -> None:
    ENDPOINTS.write(tmp_path / "config" / "truestock" / "endpoints.json")
    assert find(None, {"XDG_CONFIG_HOME": str(tmp_path / "config")}, tmp_path) == ENDPOINTS


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("no json", "cannot be read"),
        ("[]", "no address of connector, importer"),
        ('{"connector": "x"}', "no address of importer"),
        (json.dumps(asdict(ENDPOINTS) | {"importer": "ftp://x"}), "no http address: importer"),
    ],
)
def test_a_wrong_file_is_named_with_its_cause(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "endpoints.json"
    path.write_text(content)
    with pytest.raises(Refusal, match=named) as caught:
        Endpoints.read(path)
    assert str(path) in caught.value.detail


def test_knowing_nothing_says_what_to_start(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="make run"):
        find(None, {"HOME": str(tmp_path)}, tmp_path)


def test_who_reads_while_they_are_written_never_reads_half_of_them(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    ENDPOINTS.write(path)
    before = path.read_text()
    with path.open() as reader:
        replace(ENDPOINTS, importer="http://other").write(path)
        assert reader.read() == before
    assert Endpoints.read(path).importer == "http://other"
    assert [file.name for file in tmp_path.iterdir()] == ["endpoints.json"]
