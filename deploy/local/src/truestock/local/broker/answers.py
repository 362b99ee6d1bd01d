"""When a broker counts as up: a client gets its metadata."""

import asyncio
import time
from typing import Protocol

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

_POLL_SECONDS = 0.05


class Runs(Protocol):
    """Something that may have died while one waits for it."""

    def running(self) -> bool:
        """Whether it still runs."""
        ...


async def wait_until_answers(bootstrap: str, process: Runs | None, seconds: float) -> bool:
    """Whether the broker described its cluster within ``seconds``; False at once if its process died."""
    deadline = time.monotonic() + seconds
    host, _, port = bootstrap.rpartition(":")
    while time.monotonic() < deadline:
        if process is not None and not process.running():
            return False
        if await _listens(host, int(port)) and await _describes(bootstrap):
            return True
        await asyncio.sleep(_POLL_SECONDS)
    return False


async def _listens(host: str, port: int) -> bool:
    # aiokafka logs an error for each refused connection; ask the socket first.
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), timeout=2)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _describes(bootstrap: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5_000)
    try:
        await admin.start()
        await admin.list_topics()
    except (KafkaError, OSError, TimeoutError):
        return False
    else:
        return True
    finally:
        await admin.close()
