"""Which addresses are public: tables of the registries, and every address drawn from private ranges."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truestock.chassis.outbound.addresses import PRIVATE, UNREACHABLE, is_public, is_unreachable

NETWORKS = (*PRIVATE, *UNREACHABLE)
ABOVE_V4 = [
    "::ffff:0:0",  # mapped
    "::",  # compatible
    "64:ff9b::",  # NAT64, well-known
    "64:ff9b:1::",  # NAT64, local
]


@pytest.mark.parametrize(
    "text",
    [
        *("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("fd00:ec2::254", "fd20:ce::254", "fd00:42::42"),
        *("0.0.0.0", "224.0.1.1", "255.255.255.255", "::", "fe80::1", "fec0::1", "ff0e::1"),  # noqa: S104  # a value
    ],
)
def test_metadata_link_local_and_multicast_are_never_reached(text: str) -> None:
    assert is_unreachable(ip_address(text))
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "192.88.99.1"),
        *("::1", "fd00::1", "fc00::1", "::ffff:8.8.8.8", "::8.8.8.8", "2002:808:808::1", "2001::1"),
        *("64:ff9b::10.0.0.1", "64:ff9b:1::808:808", "2001:db8::1", "3fff::1", "5f00::1", "4000::1"),
        *("2606:4700::5efe:a00:1", "2606:4700::200:5efe:808:808", "2606:4700::1%eth0", "100::1"),
    ],
)
def test_private_reserved_and_tunnelled_addresses_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::8.8.8.8"])
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ip_address(text))


def _inside(network: IPv4Network | IPv6Network) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    return st.integers(0, network.num_addresses - 1).map(lambda offset: network[offset])


@given(st.sampled_from(NETWORKS).flatmap(_inside))
def test_no_address_of_a_special_range_is_public(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(address)


@given(
    st.sampled_from([network for network in NETWORKS if network.version == 4]).flatmap(_inside),
    st.sampled_from(ABOVE_V4),
)
def test_nor_is_one_that_an_ipv6_address_carries(address: IPv4Address, above: str) -> None:
    assert not is_public(IPv6Address(int(IPv6Address(above)) | int(address)))


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global or address.is_multicast:
        assert not is_public(address)
