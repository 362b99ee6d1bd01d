"""Fixtures for the client's tests: a made-up installation, a client, a terminal."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from support.client_world import ENDPOINTS, Terminal, World

from truestock.client.cli.session import Session
from truestock.client.facade import Truestock
from truestock.client.tokens import FixedToken, Login, LoginFile


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[Truestock]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world)) as http:
        yield Truestock(ENDPOINTS, FixedToken("token-1"), http=http)


async def at_once(seconds: float) -> None:
    """Time passes at once."""


@pytest.fixture
def session(world: World, tmp_path: Path) -> Session:
    made = Session(
        tmp_path,
        lambda: ENDPOINTS,
        out=Console(file=StringIO(), width=200),
        err=Console(file=StringIO(), width=200),
        transport=httpx.ASGITransport(world),
        asleep=at_once,
        interactive=True,
    )
    LoginFile(tmp_path / "login.json").save(
        Login("http://issuer", "token-1", datetime.now(UTC) + timedelta(hours=1))
    )
    return made


@pytest.fixture
def terminal(session: Session) -> Terminal:
    return Terminal(session)
