"""Run the application on one port."""

import socket

import uvicorn
from starlette.types import ASGIApp

KEEP_ALIVE_S = 65
"""Clients give idle connections up first, and none of their requests meets a closing one."""


class AddressRefused(Exception):
    """The port cannot be listened on; its text is a sentence for the person who chose it."""


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything is served. Raises AddressRefused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)  # from now on clients may connect; they wait until the application is built
    except (OSError, OverflowError) as error:
        listener.close()
        why = (getattr(error, "strerror", None) or str(error)).rstrip(".")
        raise AddressRefused(
            f"cannot listen on {host} port {port}: {why}; choose another --port, or 0 for a free one."
        ) from None
    return listener


def run(app: ASGIApp, listener: socket.socket, *, log_level: str) -> None:
    """Serve until a signal ends it; open requests get two seconds."""
    config = uvicorn.Config(
        app,
        log_level=log_level,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn raises the signal again once it has stopped
    finally:
        listener.close()
