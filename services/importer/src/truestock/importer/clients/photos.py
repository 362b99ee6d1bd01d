"""Whether photos can be reached: bounded in number, time and place."""

import asyncio
from collections.abc import Sequence

import httpx

from truestock.chassis.outbound import GuardedClient, OutboundRefused

MOST_PHOTOS = 300
AT_ONCE = 16
TIMEOUT_S = 3.0
NOT_ANSWERED = "the host did not answer"


class PhotoChecker:
    """Asks hosts for photos with HEAD. Addresses come from outside: the client decides which may be asked.

    Redirects are not followed: a redirect is an answer, so the photo is there for whoever may follow.
    """

    def __init__(self, http: GuardedClient) -> None:
        self._http = http

    async def __call__(self, urls: Sequence[str]) -> dict[str, str]:
        """Why each unreachable photo is unreachable; at most ``MOST_PHOTOS`` are asked for."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def check(url: str) -> tuple[str, str | None]:
            async with limit:
                return url, await self._problem(url)

        wanted = list(dict.fromkeys(urls))[:MOST_PHOTOS]
        found = await asyncio.gather(*map(check, wanted))
        return {url: problem for url, problem in found if problem is not None}

    async def _problem(self, url: str) -> str | None:
        try:
            response = await self._http.head(url, timeout=TIMEOUT_S, follow_redirects=False)
        except OutboundRefused as refused:
            return refused.cause
        except httpx.InvalidURL:
            return "its address is malformed"
        except httpx.HTTPError:
            return NOT_ANSWERED
        return f"the host answered {response.status_code}" if response.status_code >= 400 else None
