"""Which addresses are public. The lists stand beside ``ipaddress.is_global``, which knows less.

It calls multicast, 6to4 and NAT64 global, for example, and differs between Python versions; so an address
has to pass both. The tables follow IANA's special-purpose registries (RFC 6890 and its updates).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(map(ip_network, texts))


UNREACHABLE = _networks(
    "0.0.0.0/8",  # "this network", RFC 1122 §3.2.1.3; 0.0.0.0 reaches the own machine
    "169.254.0.0/16",  # link-local, RFC 3927; holds most clouds' metadata (169.254.169.254, .170.2, .170.23)
    "224.0.0.0/4",  # multicast, RFC 5771
    "240.0.0.0/4",  # reserved and broadcast, RFC 1112 §4, RFC 919
    "100.100.100.200/32",  # metadata: Alibaba Cloud
    "168.63.129.16/32",  # Azure's host agent, a public address that never leaves the machine
    "192.0.0.192/32",  # metadata: Oracle Cloud Classic
    "::/128",  # unspecified, RFC 4291 §2.5.2
    "fe80::/10",  # link-local, RFC 4291 §2.5.6
    "fec0::/10",  # site-local, deprecated by RFC 3879
    "ff00::/8",  # multicast, RFC 4291 §2.7
    "fd00:ec2::/32",  # metadata and DNS: Amazon EC2 (fd00:ec2::254)
    "fd20:ce::254/128",  # metadata: Google Cloud
    "fd00:42::42/128",  # metadata: Scaleway
)
"""Never connected to, not even where private networks are allowed: metadata, link-local, multicast."""

PRIVATE = _networks(
    "10.0.0.0/8",  # RFC 1918
    "100.64.0.0/10",  # shared address space, RFC 6598
    "127.0.0.0/8",  # loopback, RFC 1122 §3.2.1.3
    "172.16.0.0/12",  # RFC 1918
    "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
    "192.0.2.0/24",  # documentation, RFC 5737
    "192.88.99.0/24",  # 6to4 relay anycast, deprecated by RFC 7526
    "192.168.0.0/16",  # RFC 1918
    "198.18.0.0/15",  # benchmarking, RFC 2544
    "198.51.100.0/24",  # documentation, RFC 5737
    "203.0.113.0/24",  # documentation, RFC 5737
    "2001::/23",  # IETF protocol assignments, RFC 2928; holds Teredo (RFC 4380) and ORCHID (RFC 7343)
    "2001:db8::/32",  # documentation, RFC 3849
    "2002::/16",  # 6to4, RFC 3056: carries an IPv4 address
    "3fff::/20",  # documentation, RFC 9637
)

OWN = _networks(
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),
    *("::1/128", "fc00::/7"),  # loopback, RFC 4291 §2.5.3; unique local, RFC 4193
)
"""What a deployment may open: networks that are somebody's own, never a part of the internet."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""What IANA assigns for global unicast; mapped, compatible, unique-local and the rest lie outside."""

NAT64 = IPv6Network("64:ff9b::/96")
"""The well-known prefix of RFC 6052: on IPv6-only networks, how IPv4 hosts are reached."""

ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""Third quarter of an address that carries an IPv4 address (RFC 5214 §6.1)."""


def within(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether the address lies in one of the networks."""
    return any(address.version == network.version and address in network for network in networks)


def is_own(network: Network) -> bool:
    """Whether the whole network lies in one that may be opened."""
    return within(network.network_address, OWN) and within(network.broadcast_address, OWN)


def is_unreachable(address: Address) -> bool:
    """Whether the address may never be connected to."""
    return within(address, UNREACHABLE)


def is_public(address: Address) -> bool:
    """Whether the address belongs to the internet at large, however it is written."""
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address.scope_id is not None or address not in GLOBAL_UNICAST:
            return False
        if int(address) >> 32 & 0xFFFFFFFF in ISATAP:
            return False
    return address.is_global and not within(address, PRIVATE) and not is_unreachable(address)
