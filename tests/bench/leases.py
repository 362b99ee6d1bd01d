"""The connector's internal API as far as the validator needs it: one token for every connection."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from truestock.local.ports import LOOPBACK


class _Server(uvicorn.Server):
    """Leaves signals to the run, which ends everything in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class LeaseEndpoint:
    """Answers as the connector does, so that a thousand connections need no thousand consents."""

    def __init__(self, token: str, account_id: str) -> None:
        self._answer = {
            "access_token": token,
            "token_version": 1,
            "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
            "marketplace": "etsy",
            "account_id": account_id,
            "settings": {},
        }
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, port: int) -> None:
        """Answer on ``port``, in a task of this process: it is asked once per connection, and for shares."""
        of_connection = "/internal/v1/connections/{connection}"
        app = Starlette(
            routes=[
                Route(f"{of_connection}/lease", self._lease, methods=["POST"]),
                Route(f"{of_connection}/share", self._share, methods=["POST"]),
            ]
        )
        listener = socket.create_server((LOOPBACK, port))
        self._server = _Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=600)
        )
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))

    async def stop(self) -> None:
        """End it."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            await self._task

    async def _lease(self, _: Request) -> JSONResponse:
        return JSONResponse(self._answer)

    async def _share(self, _: Request) -> JSONResponse:
        """No rate is known: the sandbox's limit is raised beyond what one machine can ask."""
        return JSONResponse({"per_second": None, "valid_for_ms": 1_500, "closed_for_ms": None})
