"""A resolver and a network of plain values, to see where the guard would connect."""

import ssl
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore

from truestock.chassis.outbound import GuardedClient, GuardedTransport, OutboundPolicy

PUBLIC = "93.184.215.14"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Names:
    """Answers the next of ``answers`` at each look-up; the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers) or [[PUBLIC]]
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        self.asked.append(host)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if not answer:
            raise OSError("no such name")
        return [ip_address(text) for text in answer]


class Stream(httpcore.AsyncNetworkStream):
    """Reads prepared bytes, keeps what is written and the name that TLS was asked for."""

    def __init__(self, network: "Network", parts: Iterable[bytes]) -> None:
        self._network = network
        self._parts = list(parts)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's signature
        return self._parts.pop(0) if self._parts else b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's signature
        self._network.written += buffer

    async def aclose(self) -> None:
        self._parts.clear()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
    ) -> "Stream":
        self._network.tls_names.append(server_hostname)
        return self


class Network(httpcore.AsyncNetworkBackend):
    """Each connection gets the next of ``answers``; addresses in ``dead`` cannot be connected to."""

    def __init__(self, *answers: Iterable[bytes], dead: Sequence[str] = ()) -> None:
        self._answers = list(answers) or [[ANSWER]]
        self._dead = dead
        self.connected: list[tuple[str, int]] = []
        self.patience: list[float | None] = []
        self.tls_names: list[str | None] = []
        self.written = b""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        self.connected.append((host, port))
        self.patience.append(timeout)
        if host in self._dead:
            raise httpcore.ConnectError("no route")
        return Stream(self, self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])


def guarded(policy: OutboundPolicy, names: Names, network: Network) -> GuardedClient:
    """The client that services get, with that resolver and network."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the network only notes that TLS was asked for
    return GuardedClient(policy, GuardedTransport(policy, tls=tls, resolve=names, network=network))
