"""Whether the broker answers. Asked only when somebody wants to know, and not more often than that helps."""

import asyncio
import time
from collections.abc import Awaitable, Callable

FRESH_S = 3.0
"""So long an answer, or its absence, stands for the present."""
PATIENCE_S = 2.0
"""A healthy broker answers within milliseconds."""


class BrokerPulse:
    """Puts one small question to the broker, at most every ``fresh_s`` seconds, however many want to know.

    ``ask`` returns when the broker has answered, and raises when it cannot.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[None]],
        *,
        fresh_s: float = FRESH_S,
        patience_s: float = PATIENCE_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._fresh_s = fresh_s
        self._patience_s = patience_s
        self._now = now
        self._lock = asyncio.Lock()
        self._known_at: float | None = None
        self._silence: str | None = None

    async def silence(self) -> str | None:
        """Why the broker gives no answer, at most ``fresh_s`` seconds old; None while it answers."""
        async with self._lock:
            if self._known_at is None or self._now() - self._known_at >= self._fresh_s:
                self._silence = await self._listen()
                self._known_at = self._now()
        return self._silence

    async def _listen(self) -> str | None:
        try:
            async with asyncio.timeout(self._patience_s):
                await self._ask()
        except TimeoutError:
            return f"no answer within {self._patience_s:g} s"
        except Exception as error:  # whatever it is, nothing can be read because of it
            return type(error).__name__
        return None
