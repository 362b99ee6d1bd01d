"""Tests talk to loopback only: any other address is an error, not a slow time-out."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NAMES = frozenset({"", "localhost", "localhost.localdomain"})


class OutsideLoopbackError(RuntimeError):
    """A test tried to reach an address that is not on this machine."""


@contextmanager
def only_loopback() -> Iterator[None]:
    """Refuse connections and name look-ups that would leave the machine."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _require_loopback(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _require_loopback(self.family, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None and not is_loopback(_text(host)):
            raise OutsideLoopbackError(f"tests may not look up {_text(host)!r}")
        return look_up(host, *arguments, **options)

    socket.socket.connect = guarded_connect  # type: ignore[assignment]  # a guard with the same behaviour
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[assignment]  # as above
    socket.getaddrinfo = guarded_look_up
    try:
        yield
    finally:
        socket.socket.connect = connect  # type: ignore[method-assign]  # put back
        socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]  # put back
        socket.getaddrinfo = look_up


def is_loopback(host: str) -> bool:
    """Whether this name or address is on this machine's loopback interface."""
    if host.lower() in _NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _require_loopback(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(_text(address[0])):
        raise OutsideLoopbackError(f"tests may not connect to {_text(address[0])!r}")


def _text(host: str | bytes) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else host
