"""A store's address in one spelling. Whether its host may be called is the network guard's decision.

https only; plain http is for a store on the same machine, because keys travel with every request.
"""

import ipaddress
import re

import httpx

from truestock.marketplaces.authorization import StoreRefused

LONGEST = 255
"""The address is the account's id, and an id has at most 255 characters."""
LAST_PORT = 65_535
DEFAULT_PORTS = {"https": 443, "http": 80}
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def store_address(given: str) -> str:
    """``given`` as scheme, punycode host, port unless it is the usual one, and path without a last slash.

    Raises StoreRefused. A missing scheme counts as https.
    """
    text = given.strip()
    if not text.isprintable() or len(text) > LONGEST or "\\" in text or "#" in text or "?" in text:
        raise StoreRefused(
            "The store's address must be a plain address without a query: https://shop.example."
        )
    try:
        url = httpx.URL(text if "://" in text else f"https://{text}")
    except httpx.InvalidURL:
        raise StoreRefused("The store's address cannot be read: give it as https://shop.example.") from None
    if url.userinfo:
        raise StoreRefused("The store's address must not hold a user name or password: leave them out.")
    host = url.raw_host.decode("ascii").removesuffix(".")
    local = is_loopback(host)
    if url.scheme != "https" and not (url.scheme == "http" and local):
        raise StoreRefused("The store must be reached over https: its keys travel with every request.")
    if not local:
        _check_public(host)
    path = url.path.rstrip("/")
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise StoreRefused("The store's address has an unusual path: give the address of its start page.")
    if url.port is not None and not 0 < url.port <= LAST_PORT:
        raise StoreRefused("The store's address has a port that does not exist.")
    shown = f"[{host}]" if ":" in host else host
    port = "" if url.port in (None, DEFAULT_PORTS[url.scheme]) else f":{url.port}"
    address = f"{url.scheme}://{shown}{port}{path}"
    if len(address) > LONGEST:
        raise StoreRefused(f"The store's address is longer than {LONGEST} characters.")
    return address


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def same_place(one: str, other: str) -> bool:
    """Whether two addresses in our spelling differ in nothing but http and https."""
    return one.partition("://")[2] == other.partition("://")[2]


def _check_public(host: str) -> None:
    # A last label that is a number makes it a spelling of an IPv4 address (WHATWG URL, "ends in a number").
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        raise StoreRefused("The store must be named by its host name, not by an IP address.")
    if not _HOST.fullmatch(host):
        raise StoreRefused("This is not the host name of a store on the Internet, such as shop.example.")
