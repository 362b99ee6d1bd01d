"""An answer is out of memory as soon as nobody needs it: bodies are large, and cycles are looked for late."""

import weakref

import pytest
from support.outbound import Names, Network, guarded

from truestock.chassis.outbound import OutboundPolicy

ANSWER = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok"]


@pytest.mark.usefixtures("no_search_for_cycles")
async def test_a_response_that_nobody_needs_is_freed_at_once() -> None:
    async with guarded(OutboundPolicy(), Names(), Network(ANSWER)) as http:
        response = await http.get("https://shop.example/")
        assert response.text == "ok"
        remembered = weakref.ref(response)
        del response
        assert remembered() is None
