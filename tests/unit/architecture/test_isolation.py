"""Tests cannot leave the machine."""

import socket

import httpx
import pytest
from support.loopback import OutsideLoopbackError, is_loopback


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_to_another_machine_is_refused_at_once(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as outward, pytest.raises(OutsideLoopbackError):
        outward.connect((address, 80))


async def test_so_is_looking_up_a_name() -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(OutsideLoopbackError, match=r"example\.com"):
            await http.get("http://example.com/")


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.5.0.9", True), ("::1", True), ("localhost", True), ("192.0.2.1", False)],
)
def test_what_counts_as_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
