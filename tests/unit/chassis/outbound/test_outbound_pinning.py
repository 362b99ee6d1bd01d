"""The address that was vetted is the one that is connected to, and every hop is vetted."""

from ipaddress import ip_network

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.outbound import ANSWER, PUBLIC, Names, Network, guarded

from truestock.chassis.outbound import AddressRefused, OutboundPolicy, OutboundRefused, guarded_client
from truestock.chassis.outbound.addresses import OWN

STRICT = OutboundPolicy()
ONCE = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"


def redirect(to: str, status: int = 302) -> list[bytes]:
    head = f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nConnection: close\r\nContent-Length: 0\r\n"
    return [head.encode() + b"Set-Cookie: session=canary\r\n\r\n"]


async def test_the_connection_goes_to_the_address_and_the_name_stays_in_tls_and_host() -> None:
    names, network = Names(), Network()
    async with guarded(STRICT, names, network) as http:
        assert (await http.get("https://shop.example/a")).text == "ok"
    assert network.connected == [(PUBLIC, 443)]
    assert network.tls_names == ["shop.example"]
    assert b"Host: shop.example\r\n" in network.written
    assert names.asked == ["shop.example"]


async def test_a_name_that_leads_elsewhere_later_is_refused_later() -> None:
    names, network = Names([PUBLIC], ["127.0.0.1"]), Network([ONCE])
    async with guarded(STRICT, names, network) as http:
        await http.get("https://shop.example/")
        with pytest.raises(AddressRefused, match="not public"):
            await http.get("https://shop.example/")
    assert network.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0", "::ffff:10.0.0.1"])
async def test_one_private_address_among_public_ones_refuses_the_host(inner: str) -> None:
    network = Network()
    async with guarded(STRICT, Names([PUBLIC, inner]), network) as http:
        with pytest.raises(AddressRefused):
            await http.get("https://shop.example/")
    assert network.connected == []


async def test_the_next_vetted_address_is_tried_when_one_is_dead() -> None:
    network = Network(dead=["2606:4700::1"])
    async with guarded(STRICT, Names(["2606:4700::1", PUBLIC]), network) as http:
        assert (await http.get("https://shop.example/", timeout=4)).status_code == 200
    assert [host for host, _ in network.connected] == ["2606:4700::1", PUBLIC]
    assert network.patience == [2, 2]


async def test_an_unknown_name_passes_by_itself_and_a_refused_address_does_not() -> None:
    async with guarded(STRICT, Names([]), Network()) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("https://shop.example/")
    assert issubclass(OutboundRefused, httpx.HTTPError)
    assert not issubclass(OutboundRefused, httpx.TransportError)


async def test_addresses_of_the_own_cluster_are_refused_where_they_are_named() -> None:
    policy = OutboundPolicy(denied_networks=(ip_network("93.184.0.0/16"),))
    async with guarded(policy, Names(), Network()) as http:
        with pytest.raises(AddressRefused):
            await http.get("https://shop.example/")


@pytest.mark.parametrize(
    ("url", "address", "allowed"),
    [
        ("http://shop.example:8090/", "10.9.0.1", True),
        ("https://shop.example:8090/", "10.9.0.1", True),
        ("http://shop.example/", PUBLIC, False),
        ("http://shop.example:443/", PUBLIC, False),
        ("https://shop.example:8090/", PUBLIC, False),
        ("https://shop.example/", PUBLIC, True),
        ("http://shop.example/", "10.8.0.1", False),
    ],
)
async def test_a_private_network_loosens_nothing_for_other_hosts(
    url: str, address: str, allowed: bool
) -> None:
    policy = OutboundPolicy(private_networks=(ip_network("10.9.0.0/16"),))
    network = Network()
    async with guarded(policy, Names([address]), network) as http:
        if allowed:
            await http.get(url)
        else:
            with pytest.raises(AddressRefused):
                await http.get(url)
    assert bool(network.connected) is allowed


@pytest.mark.parametrize("other", ["10.8.0.1", PUBLIC])
async def test_a_private_network_admits_no_host_that_is_elsewhere_too(other: str) -> None:
    policy = OutboundPolicy(private_networks=(ip_network("10.9.0.0/16"),))
    network = Network()
    async with guarded(policy, Names(["10.9.0.1", other]), network) as http:
        with pytest.raises(AddressRefused):
            await http.get("https://shop.example/")
    assert network.connected == []


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254", "fd00:42::42", "fe80::1"],
)
async def test_metadata_stays_refused_where_every_network_is_opened(address: str) -> None:
    everything = OutboundPolicy(private_networks=OWN)
    network = Network()
    async with guarded(everything, Names([address]), network) as http:
        with pytest.raises(AddressRefused):
            await http.get("https://shop.example/")
    assert network.connected == []


async def test_a_redirect_is_an_answer_unless_asked_for() -> None:
    network = Network(redirect("https://shop.example/b"), [ANSWER])
    async with guarded(STRICT, Names(), network) as http:
        assert (await http.get("https://shop.example/a")).status_code == 302
    assert len(network.connected) == 1


@pytest.mark.parametrize(
    "to",
    [
        "http://shop.example/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
        "https://2130706433/",
        "https://inner.example/",
        "//localhost/",
        "https://user:pw@shop.example/",
        "https://shop.example:22/",
    ],
)
async def test_each_hop_is_vetted_anew(to: str) -> None:
    network = Network(redirect(to), [ANSWER])
    async with guarded(STRICT, Names([PUBLIC], ["10.0.0.1"]), network) as http:
        with pytest.raises(AddressRefused):
            await http.get("https://shop.example/a", follow_redirects=True)
    assert network.connected == [(PUBLIC, 443)]


async def test_another_origin_hears_of_no_credential() -> None:
    network = Network(redirect("https://other.example/b"), [ANSWER])
    headers = {
        "X-Access-Token": "canary",
        "Authorization": "Bearer canary",
        "Cookie": "c=canary",
        "Accept": "a/b",
    }
    async with guarded(STRICT, Names(), network) as http:
        answer = await http.get(
            "https://shop.example/a", headers=headers, auth=("canary", "canary"), follow_redirects=True
        )
    second = network.written.split(b"GET /b")[1]
    assert (answer.text, [hop.status_code for hop in answer.history]) == ("ok", [302])
    assert b"canary" not in second
    assert b"authorization" not in second.lower()
    assert b"a/b" in second


async def test_the_same_origin_keeps_its_headers_but_no_cookie_of_an_answer() -> None:
    network = Network(redirect("/b"), [ANSWER])
    async with guarded(STRICT, Names(), network) as http:
        await http.get("https://shop.example/a", headers={"X-Access-Token": "kept"}, follow_redirects=True)
    second = network.written.split(b"GET /b")[1]
    assert b"kept" in second
    assert b"canary" not in second


async def test_redirects_end() -> None:
    network = Network(redirect("https://shop.example/a"))
    async with guarded(STRICT, Names(), network) as http:
        with pytest.raises(httpx.TooManyRedirects):
            await http.get("https://shop.example/a", follow_redirects=True)
    assert len(network.connected) == 1 + STRICT.max_redirects


async def test_a_body_is_never_sent_on() -> None:
    network = Network(redirect("https://other.example/b", 307), [ANSWER])
    async with guarded(STRICT, Names(), network) as http:
        answer = await http.post("https://shop.example/a", content=b"x", follow_redirects=True)
    assert (answer.status_code, len(network.connected)) == (307, 1)


@pytest.mark.parametrize("option", ["transport", "mounts", "proxy", "verify", "trust_env"])
def test_nothing_goes_around_the_guard(option: str) -> None:
    with pytest.raises(TypeError, match=option):
        guarded_client(STRICT, **{option: None})  # type: ignore[arg-type]  # options in general


@settings(deadline=None)
@given(st.lists(st.ip_addresses(), min_size=1, max_size=3))
async def test_whatever_a_name_leads_to_only_public_addresses_are_connected_to(
    addresses: list[object],
) -> None:
    network = Network()
    async with guarded(STRICT, Names([str(address) for address in addresses]), network) as http:
        try:
            await http.get("https://shop.example/")
        except AddressRefused:
            assert network.connected == []
        else:
            assert all(address.is_global for address in addresses)  # type: ignore[attr-defined]  # addresses
