"""Wait until an HTTP process says that it is ready, or say clearly why it is not."""

import asyncio
import time

import httpx

from truestock.local.errors import StackError
from truestock.local.processes import Child

READY_SECONDS = 90.0
_POLL_SECONDS = 0.1
_PORT_TAKEN = ("address already in use", "is in use by another process")


async def wait_until_ready(child: Child, url: str, seconds: float = READY_SECONDS) -> None:
    """Poll ``url`` until it answers 2xx; raises :class:`StackError` with the process's last log lines."""
    deadline = time.monotonic() + seconds
    answer = "nothing"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
        while time.monotonic() < deadline:
            if not child.running():
                raise _not_started(child, f"{child.name} ended while starting")
            try:
                response = await http.get(url)
            except httpx.TransportError as error:
                answer = type(error).__name__
            else:
                if response.is_success:
                    return
                answer = f"{response.status_code} {response.text[:500]}"
            await asyncio.sleep(_POLL_SECONDS)
    raise _not_started(child, f"{child.name} was not ready within {seconds:.0f} s ({url} answered: {answer})")


def _not_started(child: Child, cause: str) -> StackError:
    tail = child.tail()
    if any(words in tail.lower() for words in _PORT_TAKEN):
        return StackError(
            f"{child.name} cannot listen on its port: it is in use",
            "Unset the port variables to get free ports, or stop what listens there",
        )
    return StackError(f"{cause}; its last lines:\n{tail}\n", f"Look at {child.log}")
