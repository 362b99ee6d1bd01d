"""A deployment is strict unless it names networks."""

from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import ValidationError

from truestock.chassis.outbound import OutboundPolicy
from truestock.chassis.settings import ServiceSettings

LEAST: dict[str, Any] = {
    "port": 1,
    "database_url": "postgresql://h/d",
    "system_database_url": "postgresql://h/d",
    "kafka_bootstrap": "h:1",
    "issuer_url": "http://issuer.test",
}
NETWORKS = "TRUESTOCK_OUTBOUND_PRIVATE_NETWORKS"


def test_nothing_set_is_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NETWORKS, raising=False)
    assert OutboundPolicy.from_settings(ServiceSettings(**LEAST), timeout_s=30) == OutboundPolicy()


def test_networks_and_ports_are_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NETWORKS, '["127.0.0.0/8", "::1/128"]')
    monkeypatch.setenv("TRUESTOCK_OUTBOUND_DENIED_NETWORKS", '["2a00:1::/48"]')
    monkeypatch.setenv("TRUESTOCK_OUTBOUND_PORTS", "[443, 8443]")
    policy = OutboundPolicy.from_settings(ServiceSettings(**LEAST), timeout_s=5)
    assert policy.private_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert policy.denied_networks == (ip_network("2a00:1::/48"),)
    assert (policy.ports, policy.timeout_s) == (frozenset({443, 8443}), 5.0)


@pytest.mark.parametrize("wrong", ['["127.0.0.1/8"]', '["localhost"]'])
def test_what_is_no_network_stops_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NETWORKS, wrong)
    with pytest.raises(ValidationError, match="outbound_private_networks"):
        ServiceSettings(**LEAST)


@pytest.mark.parametrize(
    "wide", ["0.0.0.0/0", "::/0", "8.8.8.0/24", "169.254.0.0/16", "fe80::/10", "10.0.0.0/7", "172.0.0.0/11"]
)
def test_only_networks_of_ones_own_can_be_opened(wide: str) -> None:
    with pytest.raises(ValueError, match="TRUESTOCK_OUTBOUND_PRIVATE_NETWORKS"):
        OutboundPolicy(private_networks=(ip_network(wide),))
