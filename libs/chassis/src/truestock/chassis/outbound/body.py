"""A body that ends: bounded as sent, as decoded, and in time."""

import asyncio
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator

import httpx

from truestock.chassis.outbound.errors import AnswerRefused, ExchangeTimeout
from truestock.chassis.outbound.translation import as_httpx

PIECE = 64 * 1024
"""Most bytes that are decoded at once: what a decompression bomb can cost before it is counted."""


class Gunzip:
    """Decodes gzip in pieces of at most ``PIECE`` bytes; httpx would inflate whatever arrived at once."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces. Raises httpx.DecodingError."""
        while not self._inflate.eof:
            try:
                piece = self._inflate.decompress(data, PIECE)
            except zlib.error as error:
                raise httpx.DecodingError("The answer is not gzip, although it says so.") from error
            data = self._inflate.unconsumed_tail
            if piece:
                yield piece
            if not data and len(piece) < PIECE:
                return


class BoundedBody(httpx.AsyncByteStream):
    """The decoded bytes of an answer. Raises AnswerRefused, ExchangeTimeout and httpx's errors."""

    def __init__(
        self, source: AsyncIterable[bytes], gunzip: Gunzip | None, most: int, deadline: float
    ) -> None:
        self._source = source
        self._gunzip = gunzip
        self._most = most
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = given = 0
        async for part in self._in_time():
            received += len(part)
            self._require(received)
            for piece in [part] if self._gunzip is None else self._gunzip.feed(part):
                given += len(piece)
                self._require(given)
                yield piece

    async def aclose(self) -> None:
        """Give the connection back, or close it where bytes are left."""
        if close := getattr(self._source, "aclose", None):
            await close()

    async def _in_time(self) -> AsyncIterator[bytes]:
        parts = aiter(self._source)
        while True:
            try:
                with as_httpx():
                    async with asyncio.timeout_at(self._deadline):
                        part = await anext(parts)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise ExchangeTimeout from None
            yield part

    def _require(self, length: int) -> None:
        if length > self._most:
            raise too_large(self._most)


def too_large(most: int) -> AnswerRefused:
    """The refusal of a body of more than ``most`` bytes."""
    return AnswerRefused(f"the answer is larger than {most} bytes", "Ask the host for less at once.")
