"""What a person may ask of a stack, and what is refused before anything starts."""

import socket
from pathlib import Path

import pytest

from truestock.local.broker import BrokerMode
from truestock.local.errors import StackError
from truestock.local.options import QUICK_GROUPS, StackOptions


def test_without_variables_everything_is_embedded_on_free_ports() -> None:
    options = StackOptions.from_environment("run", {})
    assert (options.mode, dict(options.ports), options.catalog) == (BrokerMode.EMBEDDED, {}, None)


def test_an_empty_variable_counts_as_unset() -> None:
    options = StackOptions.from_environment("run", {"CATALOG": "", "BROKER": "", "SANDBOX_PORT": ""})
    assert options == StackOptions.from_environment("run", {})


def test_the_catalogue_is_found_from_where_the_person_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = StackOptions.from_environment("run", {"CATALOG": "shop.csv"})
    assert options.catalog == tmp_path / "shop.csv"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"BROKER": "rabbit"}, "embedded, kafka, containers, external"),
        ({"IMPORTER_PORT": "http"}, "IMPORTER_PORT='http'"),
        ({"IMPORTER_PORT": "70000"}, "IMPORTER_PORT=70000"),
        ({"IMPORTER_PORT": "31001", "SANDBOX_PORT": "31001"}, "name the same port"),
    ],
)
def test_what_cannot_be_used_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(StackError) as refused:
        StackOptions.from_environment("run", environ)
    assert named in str(refused.value)


def test_a_port_in_use_is_refused_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        with pytest.raises(StackError, match=f"Port {port}"):
            StackOptions.from_environment("run", {"VALIDATOR_PORT": port})


@pytest.mark.parametrize(("broker", "settings"), [("embedded", dict(QUICK_GROUPS)), ("kafka", {})])
def test_groups_form_quickly_where_the_broker_takes_a_short_session(
    broker: str, settings: dict[str, str]
) -> None:
    options = StackOptions.from_environment("run", {"BROKER": broker})
    assert (dict(options.environment), options.partitions) == (settings, None)
