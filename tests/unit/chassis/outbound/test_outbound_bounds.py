"""Answers are bounded in bytes, as sent and as decoded, and in time."""

import gzip
import zlib

import httpx
import pytest
from support.outbound import Names, Network, guarded

from truestock.chassis.outbound import AnswerRefused, ExchangeTimeout, GuardedTransport, OutboundPolicy
from truestock.chassis.outbound.body import PIECE, Gunzip

SMALL = OutboundPolicy(max_bytes=10_000)


def answer(body: bytes, *headers: str, length: bool = True) -> list[bytes]:
    lines = [
        "HTTP/1.1 200 OK",
        *headers,
        *([f"Content-Length: {len(body)}"] if length else ["Connection: close"]),
    ]
    return ["\r\n".join([*lines, "", ""]).encode(), body]


async def fetch(parts: list[bytes], policy: OutboundPolicy = SMALL, method: str = "GET") -> httpx.Response:
    async with guarded(policy, Names(), Network(parts)) as http:
        return await http.request(method, "https://shop.example/")


@pytest.mark.parametrize("length", [True, False], ids=["announced", "streamed"])
async def test_a_body_beyond_the_bound_is_refused(length: bool) -> None:
    assert len((await fetch(answer(bytes(10_000), length=length))).content) == 10_000
    with pytest.raises(AnswerRefused, match="10000 bytes"):
        await fetch(answer(bytes(10_001), length=length))


async def test_a_body_that_inflates_beyond_the_bound_is_refused() -> None:
    bomb = gzip.compress(bytes(5_000_000))
    assert len(bomb) < SMALL.max_bytes
    with pytest.raises(AnswerRefused):
        await fetch(answer(bomb, "Content-Encoding: gzip"))


def test_a_bomb_is_inflated_in_pieces() -> None:
    pieces = list(map(len, Gunzip().feed(gzip.compress(bytes(1_000_000)))))
    assert (sum(pieces), max(pieces)) == (1_000_000, PIECE)


async def test_what_follows_the_end_of_gzip_counts_too() -> None:
    with pytest.raises(AnswerRefused):
        await fetch(answer(gzip.compress(b"ok") + bytes(10_000), "Content-Encoding: gzip", length=False))


async def test_a_length_beyond_the_bound_is_believed_before_anything_is_read() -> None:
    with pytest.raises(AnswerRefused):
        await fetch([b"HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n", b""])


async def test_gzip_is_decoded() -> None:
    got = await fetch(answer(gzip.compress(b'{"a": 1}'), "Content-Encoding: GZIP"))
    assert got.json() == {"a": 1}


async def test_gzip_that_is_none_is_said_to_be_so() -> None:
    with pytest.raises(httpx.DecodingError):
        await fetch(answer(b"plain", "Content-Encoding: gzip"))


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip"])
async def test_only_what_was_asked_for_is_decoded(coding: str) -> None:
    network = Network(answer(zlib.compress(b"x"), f"Content-Encoding: {coding}"))
    async with guarded(SMALL, Names(), network) as http:
        with pytest.raises(AnswerRefused):
            await http.get("https://shop.example/", headers={"Accept-Encoding": coding})
    assert b"Accept-Encoding: gzip\r\n" in network.written


async def test_a_head_may_announce_any_length() -> None:
    got = await fetch([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"], method="HEAD")
    assert got.headers["content-length"] == "99999999"


async def test_a_broken_answer_is_the_transport_error_that_httpx_would_raise() -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await fetch([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b""])


async def test_the_transport_alone_has_the_same_deadline() -> None:
    transport = GuardedTransport(OutboundPolicy(timeout_s=0), resolve=Names(), network=Network())
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(ExchangeTimeout):
            await http.get("https://shop.example/")


async def test_an_exchange_ends_even_when_nothing_is_left_of_its_time() -> None:
    with pytest.raises(ExchangeTimeout):
        await fetch(answer(b"ok"), OutboundPolicy(timeout_s=0))
