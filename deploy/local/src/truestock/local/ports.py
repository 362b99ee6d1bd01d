"""TCP ports on loopback: free ones, and a clear answer when a wanted one is taken."""

import atexit
import random
import socket
from collections import deque
from collections.abc import Iterable

from truestock.local.errors import StackError

LOOPBACK = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections (32768 and up on Linux,
# 49152 and up elsewhere): an outgoing connection does not take a port between its choice and its use.
LOWEST, HIGHEST = 20_000, 32_000
HELD = 200
"""So many of the ports chosen last are chosen by nobody else: enough for what a process has yet to start."""
_ATTEMPTS = 200
# A service listens seconds after its port was chosen, and stacks start side by side. The UDP port of the same
# number says that it is chosen: to every process and user, without touching TCP, and no longer than we live.
_held: deque[socket.socket] = deque()


def is_free(port: int) -> bool:
    """Whether a listener could bind this port on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(taken: Iterable[int] = ()) -> int:
    """Return a port that nothing listens on, different from those ``taken`` and those chosen elsewhere."""
    avoid = set(taken)
    for _ in range(_ATTEMPTS):
        port = random.randint(LOWEST, HIGHEST)  # noqa: S311  # not a secret, only spread
        if port not in avoid and is_free(port) and _hold(port):
            return port
    raise StackError(
        f"No free TCP port was found on {LOOPBACK} between {LOWEST} and {HIGHEST}",
        "Stop other programs that listen there and try again",
    )


def _hold(port: int) -> bool:
    """Tell others that this port is chosen; False when it is already."""
    sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sign.bind((LOOPBACK, port))
    except OSError:
        sign.close()
        return False
    _held.append(sign)
    while len(_held) > HELD:
        _held.popleft().close()
    return True


@atexit.register
def _let_go() -> None:
    while _held:
        _held.popleft().close()


def require_free(port: int, purpose: str, variable: str) -> int:
    """Return ``port`` if it can be bound; otherwise say who wanted it and how to choose another."""
    if not 1 <= port <= 65_535:
        raise StackError(f"{variable}={port} is no TCP port", "Give a number from 1 to 65535")
    if not is_free(port):
        raise StackError(
            f"Port {port} on {LOOPBACK}, wanted for {purpose}, is in use or not permitted",
            f"Stop what listens there, or set {variable} to another port (unset it for a free one)",
        )
    return port
