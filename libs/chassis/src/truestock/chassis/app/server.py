"""Serve the application on a socket that is bound already, until SIGTERM or SIGINT."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from truestock.chassis.settings import ServiceSettings
from truestock.chassis.telemetry.logs import configure_logging

GRACE_S = 5
KEEP_ALIVE_S = 65
"""Whoever calls gives an idle connection up first: a request that meets the service's own giving up finds no
answer. httpx does after 5 seconds, which is uvicorn's default too, and many proxies after 60."""


class _Server(uvicorn.Server):
    """uvicorn raises the signal again after its graceful stop; a stop on request is a success here."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


async def serve(app: FastAPI, bound: socket.socket, settings: ServiceSettings) -> bool:
    """Serve until a signal; False when the application did not start."""
    configure_logging(settings.service, settings.log_level)
    server = _Server(config_of(app))
    await server.serve(sockets=[bound])
    return server.started


def config_of(app: FastAPI) -> uvicorn.Config:
    """How a service listens."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
