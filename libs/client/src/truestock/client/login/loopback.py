"""A web server for one request: the browser's redirect back to this machine (RFC 8252, 7.3)."""

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

PATH = "/callback"
PAGE = (
    "<!doctype html><meta charset=utf-8><title>Truestock</title>"
    "<p>You can close this window and go back to the terminal."
)
LIMIT = 16_384
"""Bytes of a request line and headers; a redirect is far shorter."""


class Loopback:
    """Listens on a free loopback port until the redirect has come."""

    def __init__(self) -> None:
        self._arrived: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, limit=LIMIT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def redirect_uri(self) -> str:
        """Where the issuer must send the browser."""
        if self._server is None:
            raise RuntimeError("the loopback server is not started")
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}{PATH}"

    async def arrival(self) -> dict[str, str]:
        """The redirect's query parameters."""
        return await self._arrived

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            target = urlsplit(head.split(" ", 2)[1])
            found = target.path == PATH
            status = "200 OK" if found else "404 Not Found"
            body = PAGE if found else ""
            writer.write(
                f"HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode()
            )
            await writer.drain()
            if found and not self._arrived.done():
                self._arrived.set_result(dict(parse_qsl(target.query)))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, IndexError):
            return  # not a redirect: a port scan, a browser's early close
        finally:
            writer.close()
