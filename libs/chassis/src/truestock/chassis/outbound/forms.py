"""How an address may be written. One spelling per host, so that no reader understands another one."""

import re
from ipaddress import IPv4Address, IPv6Address

import httpx

from truestock.chassis.outbound.addresses import Address
from truestock.chassis.outbound.errors import AddressRefused
from truestock.chassis.outbound.policy import NOT_PUBLIC, OutboundPolicy

DEFAULT_PORTS = {"http": 80, "https": 443}
HIGHEST_PORT = 65_535
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
LONGEST_NAME = 253
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

INNER_NAMES = frozenset(
    {"localhost", "local", "internal", "home.arpa", "lan", "corp", "home", "alt", "onion"}
)
"""Ends of names that the public DNS never answers: RFC 6761, 6762, 7686, 8375, 9476, ICANN's ``internal``."""

PUBLIC_HTTPS = "Use the public https address of the host."


def check_url(url: str | httpx.URL, policy: OutboundPolicy) -> httpx.URL:
    """The parsed address, if its form is acceptable; nothing is looked up.

    Raises :class:`AddressRefused`. That it passes does not mean that it may be reached: the addresses behind
    a name are vetted when a connection is made.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise AddressRefused("its address is malformed", PUBLIC_HTTPS) from None
    if parsed.scheme not in DEFAULT_PORTS:
        raise AddressRefused("its address is not https", PUBLIC_HTTPS)
    if parsed.userinfo:
        raise AddressRefused("its address holds a user name or password", "Leave them out.")
    port = parsed.port if parsed.port is not None else DEFAULT_PORTS[parsed.scheme]
    if not 0 < port <= HIGHEST_PORT:
        raise AddressRefused("its port does not exist", PUBLIC_HTTPS)
    host = parsed.raw_host.decode("ascii")
    literal = literal_address(host)
    if literal is None:
        _check_name(host, policy)
    secure = parsed.scheme == "https"
    objection = policy.objection([literal], port, secure=secure) if literal is not None else None
    if literal is None and not policy.private_networks:
        objection = policy.form_objection(port, secure=secure)
    if objection is not None:
        raise AddressRefused(objection, PUBLIC_HTTPS)
    return parsed


def literal_address(host: str) -> Address | None:
    """The address that ``host`` spells out, None for a name.

    Raises :class:`AddressRefused` for every spelling but the usual one: what ``inet_aton`` reads as an
    address (``2130706433``, ``0x7f.1``, ``0177.0.0.1``), zone ids, percent signs. A name whose last label is
    a number is an address that is misspelled, as the WHATWG URL standard has it (§3.5, host parsing).
    """
    try:
        if ":" in host:
            if "%" in host:
                raise AddressRefused("its host names an interface of this machine", PUBLIC_HTTPS)
            return IPv6Address(host)
        if NUMBER.fullmatch(host.rpartition(".")[2]):
            return IPv4Address(host)
    except ValueError:
        raise AddressRefused("its host is a misspelled address", PUBLIC_HTTPS) from None
    return None


def _check_name(host: str, policy: OutboundPolicy) -> None:
    labels = host.split(".")
    if len(host) > LONGEST_NAME or not all(LABEL.fullmatch(label) for label in labels):
        # Empty labels too: no host at all, and the trailing dot, which certificates read differently.
        raise AddressRefused("its host is not a valid name", PUBLIC_HTTPS)
    inner = len(labels) == 1 or any(host.endswith(f".{end}") for end in INNER_NAMES)
    if inner and not policy.private_networks:
        raise AddressRefused(NOT_PUBLIC, PUBLIC_HTTPS)
