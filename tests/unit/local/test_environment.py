"""The settings each process gets."""

import base64
from pathlib import Path

import pytest

from truestock.local.environment import (
    Addresses,
    Secrets,
    inherited,
    migration_environment,
    service_environment,
)
from truestock.local.postgres import SERVICES, DatabaseUrls

PORTS = {"connector": 1, "importer": 2, "inventory": 3, "validator": 4}
ADDRESSES = Addresses("127.0.0.1:9092", 5, PORTS)


def urls(service: str) -> DatabaseUrls:
    return DatabaseUrls(service, service, "postgresql://app", "postgresql://system", "postgresql://owner")


def test_the_settings_of_the_runner_do_not_reach_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUESTOCK_FAILPOINT", "left over from a shell")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    assert {"TRUESTOCK_FAILPOINT", "PYTHONWARNINGS"}.isdisjoint(inherited())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_own_client_and_port_and_no_peer_is_itself(service: str) -> None:
    made = Secrets.make(SERVICES)
    settings = service_environment(service, ADDRESSES, urls(service), made, Path("traces.jsonl"))
    assert settings["TRUESTOCK_PORT"] == str(PORTS[service])
    assert settings["TRUESTOCK_CLIENT_ID"] == f"truestock-{service}"
    assert settings["TRUESTOCK_CLIENT_SECRET"] == made.clients[service]
    assert settings["TRUESTOCK_ISSUER_URL"] == "http://127.0.0.1:5/issuer"
    assert f"TRUESTOCK_{service.upper()}_URL" not in settings


def test_only_the_connector_gets_the_key_that_opens_tokens() -> None:
    made = Secrets.make(SERVICES)
    holders = [
        service
        for service in SERVICES
        if "TRUESTOCK_KEYS" in service_environment(service, ADDRESSES, urls(service), made, Path("t"))
    ]
    assert holders == ["connector"]
    assert len(base64.b64decode(made.encryption_key.partition(":")[2])) == 32


def test_a_replica_listens_elsewhere_and_is_reached_at_the_same_public_address() -> None:
    made = Secrets.make(SERVICES)
    settings = service_environment("connector", ADDRESSES, urls("connector"), made, Path("t"), port=77)
    assert settings["TRUESTOCK_PORT"] == "77"
    assert settings["TRUESTOCK_PUBLIC_URL"] == "http://127.0.0.1:1"


def test_migrations_get_the_owner_role_and_no_secret_of_the_stack() -> None:
    settings = migration_environment(urls("inventory"))
    assert settings["TRUESTOCK_MIGRATION_DATABASE_URL"] == "postgresql://owner"
    assert settings["TRUESTOCK_KEYS"].partition(":")[2] == base64.b64encode(bytes(32)).decode()
