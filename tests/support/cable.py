"""A network cable in front of a server: cut, plugged in again, losing all packets, or cut at one COMMIT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

COMMIT = b"COMMIT;\x00"
"""How asyncpg ends a transaction: a simple query."""
_CHUNK = 64 * 1024


@dataclass
class Cable:
    """Passes bytes between clients and one server on loopback."""

    host: str
    port: int
    own_port: int = 0
    plugged: bool = True
    cut_commits: int = 0
    """So many COMMITs still reach the server, whose answer is lost with the connection."""
    lost_answers: int = 0
    _links: set["asyncio.StreamWriter"] = field(default_factory=set)
    _passing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._passing.set()

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Cable"]:
        """A cable to the server of this address."""
        place = urlsplit(url)
        cable = cls(place.hostname or "", place.port or 0)
        server = await asyncio.start_server(cable._accept, "127.0.0.1", 0)
        cable.own_port = server.sockets[0].getsockname()[1]
        try:
            yield cable
        finally:
            server.close()
            cable.cut()
            await server.wait_closed()

    def address(self, url: str) -> str:
        """The same address through the cable."""
        place = urlsplit(url)
        login, _, _ = place.netloc.rpartition("@")
        netloc = f"{login}@127.0.0.1:{self.own_port}" if login else f"127.0.0.1:{self.own_port}"
        return place._replace(netloc=netloc).geturl()

    def cut(self) -> None:
        """Break all connections, and each new one, until :meth:`plug`."""
        self.plugged = False
        self._passing.set()
        for writer in self._links:
            writer.transport.abort()

    def lose_packets(self) -> None:
        """No byte passes, and neither side hears of an end, until :meth:`plug`.

        Connections stay as they are, and a new one gets no answer. What was sent meanwhile arrives late, in
        its order, as TCP sends it again.
        """
        self._passing.clear()

    def plug(self) -> None:
        """All is well again, for new connections and those that are left."""
        self.plugged = True
        self._passing.set()

    async def _accept(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        await self._passing.wait()
        if not self.plugged:
            client_out.transport.abort()
            return
        try:
            server_in, server_out = await asyncio.open_connection(self.host, self.port)
        except OSError:
            client_out.transport.abort()
            return
        ends = {client_out, server_out}
        self._links |= ends
        committing = asyncio.Event()
        ways = [
            asyncio.ensure_future(self._to_server(client_in, server_out, committing)),
            asyncio.ensure_future(self._to_client(server_in, client_out, committing)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        await self._passing.wait()
        for writer in ends:
            writer.transport.abort()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        self._links -= ends

    async def _to_server(
        self, client: asyncio.StreamReader, server: asyncio.StreamWriter, committing: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await client.read(_CHUNK):
                await self._passing.wait()
                if self.cut_commits and data.endswith(COMMIT):
                    self.cut_commits -= 1
                    committing.set()
                server.write(data)
                await server.drain()

    async def _to_client(
        self, server: asyncio.StreamReader, client: asyncio.StreamWriter, committing: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await server.read(_CHUNK):
                await self._passing.wait()
                if committing.is_set():
                    self.lost_answers += 1
                    return  # the server has committed, and the client will never hear of it
                client.write(data)
                await client.drain()
