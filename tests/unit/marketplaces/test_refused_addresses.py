"""A store's address that the client refuses is refused for good; a silent one is asked again."""

import pytest
from support.outbound import PUBLIC, Names, Network, guarded

from truestock.chassis.outbound import OutboundPolicy
from truestock.contracts.values import Marketplace
from truestock.marketplaces import registry
from truestock.marketplaces.api import OneToken
from truestock.marketplaces.interface import Api, PermanentRefusal, Temporary


def api(names: Names, network: Network) -> Api:
    http = guarded(OutboundPolicy(), names, network)
    return registry.get(Marketplace.ETSY).api(
        http, base_url="https://shop.example", client_id="key", tokens=OneToken("canary")
    )


async def test_an_inner_address_is_a_permanent_refusal_that_says_why() -> None:
    network = Network()
    with pytest.raises(PermanentRefusal, match="not public"):
        await api(Names(["10.0.0.1"]), network).get("/x")
    assert network.written == b""


async def test_a_host_that_is_silent_is_temporary() -> None:
    with pytest.raises(Temporary):
        await api(Names(), Network(dead=[PUBLIC])).get("/x")
