"""The cable between services and servers does what the outage tests say of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from support.cable import Cable
from support.waiting import eventually, never

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def echo() -> AsyncIterator[tuple[Cable, list[bytes]]]:
    """A cable to a server that sends back each line, and what it has heard (an end is an empty line)."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = b"first"
        while line:
            line = await reader.readline()
            heard.append(line)
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with Cable.to(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}") as cable:
        yield cable, heard
    server.close()
    await server.wait_closed()


async def ask(cable: Cable, line: bytes, ends: Ends | None = None) -> Ends:
    """Send a line, on a new connection if none is given, and wait for no answer."""
    reader, writer = ends or await asyncio.open_connection("127.0.0.1", cable.own_port)
    writer.write(line)
    await writer.drain()
    return reader, writer


async def test_where_packets_are_lost_nobody_hears_anything_and_all_of_it_arrives_late() -> None:
    async with echo() as (cable, heard):
        old = await ask(cable, b"before\n")
        assert await old[0].readline() == b"before\n"
        cable.lose_packets()
        await ask(cable, b"one\n", old)
        await ask(cable, b"two\n", old)
        new = await ask(cable, b"three\n")
        given_up = await ask(cable, b"four\n")
        given_up[1].close()
        answers = [asyncio.ensure_future(ends[0].readline()) for ends in (old, new)]
        await never(lambda: len(heard) > 1 or any(answer.done() for answer in answers), 0.3)
        cable.plug()
        assert await asyncio.gather(*answers) == [b"one\n", b"three\n"]
        assert await old[0].readline() == b"two\n"
        await eventually(partial(heard.count, b"four\n"))
        old[1].close()
        new[1].close()


async def test_a_cut_ends_every_connection_and_refuses_new_ones_until_it_is_plugged() -> None:
    async with echo() as (cable, heard):
        old = await ask(cable, b"before\n")
        assert await old[0].readline() == b"before\n"
        cable.cut()
        assert await ended(old)
        assert await ended(await asyncio.open_connection("127.0.0.1", cable.own_port))
        cable.plug()
        new = await ask(cable, b"after\n")
        assert await new[0].readline() == b"after\n"
        new[1].close()
        assert [line for line in heard if line] == [b"before\n", b"after\n"]


async def test_a_cut_also_ends_what_is_held() -> None:
    async with echo() as (cable, heard):
        cable.lose_packets()
        held = await ask(cable, b"held\n")
        cable.cut()
        assert await ended(held)
        assert heard == []


async def ended(ends: Ends) -> bool:
    """Whether the other side is gone, told by an end or a reset."""
    try:
        return await ends[0].read() == b""
    except ConnectionError:
        return True
    finally:
        ends[1].transport.abort()
