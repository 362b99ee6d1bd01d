"""A request makes Python search for no module: one that is missing would be searched for each time."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder

import httpcore
import pytest

ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok")


class Searched(MetaPathFinder):
    """Notes what is searched for, and finds nothing."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: object = None) -> None:
        """Python asks."""
        self.names.append(fullname)


async def test_a_repeated_request_searches_for_no_module(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = Searched()
    async with httpcore.AsyncConnectionPool(
        network_backend=httpcore.AsyncMockBackend([*ANSWER, *ANSWER])
    ) as pool:
        assert (await pool.request("GET", "http://shop.example/")).status == 200
        monkeypatch.setattr(sys, "meta_path", [searched, *sys.meta_path])
        assert (await pool.request("GET", "http://shop.example/")).status == 200
    assert searched.names == []
