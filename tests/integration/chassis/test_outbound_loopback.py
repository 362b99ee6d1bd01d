"""The guard over real sockets: what is connected to, under which name, and for how long."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Network, ip_network

import httpx
import pytest
from support.authority import Authority
from support.outbound import Names

from truestock.chassis.outbound import (
    AddressRefused,
    AnswerRefused,
    ExchangeTimeout,
    GuardedClient,
    GuardedTransport,
    OutboundPolicy,
)

OUTER, INNER = "127.0.0.1", "127.0.0.2"
# For these tests 127.0.0.1 is the only address that may be reached; 127.0.0.2 is somebody's inner network.
NETWORKS = (IPv4Network(OUTER),)
ANSWER = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
NAME = "shop.example"

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Host:
    """A server that counts its connections and keeps the heads of requests and the TLS names."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.connections = 0
        self.heads: list[bytes] = []
        self.tls_names: list[str | None] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            await self._handler(self.heads[-1], writer)
        except (OSError, asyncio.IncompleteReadError):
            return  # the client left, as some tests want it to
        finally:
            writer.close()


async def say_ok(head: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(ANSWER)
    await writer.drain()


@asynccontextmanager
async def host(
    handler: Handler = say_ok, *, address: str = OUTER, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Host]:
    made = Host(handler)
    if tls is not None:
        tls.sni_callback = lambda _, name, __: made.tls_names.append(name)
    server = await asyncio.start_server(made.serve, address, port, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


def client(names: Names, *, tls: ssl.SSLContext | None = None, **policy: float) -> GuardedClient:
    bounds = OutboundPolicy(private_networks=NETWORKS, **policy)  # type: ignore[arg-type]  # bounds are numbers
    return GuardedClient(bounds, GuardedTransport(bounds, resolve=names, tls=tls), timeout=10)


async def test_a_rebound_name_never_reaches_the_inner_host() -> None:
    async with host() as outer, host(address=INNER, port=outer.port) as inner:
        names = Names([OUTER], [INNER])
        async with client(names) as http:
            first = await http.get(f"http://{NAME}:{outer.port}/")
            with pytest.raises(AddressRefused):
                await http.get(f"http://{NAME}:{outer.port}/")
    assert (first.text, outer.connections, inner.connections) == ("ok", 1, 0)
    assert names.asked == [NAME, NAME]  # once per connection: nothing looks up between vetting and connecting


async def test_a_redirect_to_the_inner_host_is_refused() -> None:
    async with host() as inner:

        async def redirect(head: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: http://{INNER}:{inner.port}/\r\n\r\n".encode())

        async with host(redirect) as outer, client(Names([OUTER])) as http:
            with pytest.raises(AddressRefused):
                await http.get(f"http://{NAME}:{outer.port}/", follow_redirects=True)
    assert (outer.connections, inner.connections) == (1, 0)


async def test_a_connection_that_is_kept_is_used_again_without_a_look_up() -> None:
    async def twice(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        await kept.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()

    kept = asyncio.Event()
    names = Names([OUTER], [INNER])
    async with host(twice) as outer, client(names) as http:
        await http.get(f"http://{NAME}:{outer.port}/")
        kept.set()
        assert (await http.get(f"http://{NAME}:{outer.port}/")).text == "ok"
    assert (outer.connections, names.asked) == (1, [NAME])


async def test_certificate_sni_and_host_header_are_checked_against_the_name(authority: Authority) -> None:
    async with host(tls=authority.server(NAME)) as outer:
        async with client(Names([OUTER]), tls=authority.trusting()) as http:
            assert (await http.get(f"https://{NAME}:{outer.port}/")).text == "ok"
            with pytest.raises(httpx.ConnectError, match=r"(?i)hostname"):
                await http.get(f"https://other.example:{outer.port}/")
        async with client(Names([OUTER])) as distrusting:
            with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
                await distrusting.get(f"https://{NAME}:{outer.port}/")
    assert outer.tls_names == [NAME, "other.example", NAME]
    assert f"Host: {NAME}:{outer.port}\r\n".encode() in outer.heads[0]


async def test_an_answer_that_never_ends_is_left_at_the_bound() -> None:
    async def flood(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(bytes(65_536))
            await writer.drain()

    async with host(flood) as outer, client(Names([OUTER]), max_bytes=1_000_000) as http:
        with pytest.raises(AnswerRefused):
            await http.get(f"http://{NAME}:{outer.port}/")


@pytest.mark.parametrize(
    "begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"], ids=["head", "body"]
)
async def test_a_host_that_stops_answering_ends_with_the_exchange(begun: bytes) -> None:
    async def stall(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        await writer.drain()
        await over.wait()

    over = asyncio.Event()
    async with host(stall) as outer, client(Names([OUTER]), timeout_s=0.2) as http:
        with pytest.raises(ExchangeTimeout):
            await http.get(f"http://{NAME}:{outer.port}/")
        over.set()


async def test_the_systems_resolver_is_asked_by_default() -> None:
    policy = OutboundPolicy(private_networks=(*NETWORKS, ip_network("::1/128")))
    async with host() as outer, GuardedClient(policy, GuardedTransport(policy)) as http:
        assert (await http.get(f"http://localhost:{outer.port}/")).text == "ok"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One authority for the module."""
    return Authority(tmp_path_factory.mktemp("authority"))
