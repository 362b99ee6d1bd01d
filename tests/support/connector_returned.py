"""A revocation endpoint on loopback that writes down what comes back to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@dataclass
class Returned:
    """``forms`` are the bodies, ``heads`` the request lines with their headers."""

    url: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> AsyncIterator["Returned"]:
        """Answers 200 to everything."""
        returned = cls()
        server = await asyncio.start_server(returned._answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            returned.url = f"http://127.0.0.1:{port}/revoke"
            yield returned

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.lower().splitlines()
        [length] = [int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")]
        body = (await reader.readexactly(length)).decode()
        self.heads.append(head)
        self.forms.append(dict(parse_qsl(body)))
        writer.write(ANSWER)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
