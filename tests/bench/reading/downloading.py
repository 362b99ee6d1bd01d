"""The yardstick: a loop that downloads the same pages, one after the other, and does nothing with them."""

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
from bench.shop import Shop

from truestock.local.marketplaces import CLIENT_ID
from truestock.marketplaces.etsy.reads import INCLUDES, PAGE, STATES
from truestock.marketplaces.etsy.wire import EtsyWire


@dataclass(frozen=True, slots=True)
class Downloaded:
    """One pass over the shop."""

    requests: int
    bytes: int
    seconds: float


class Downloader:
    """Asks for page after page as the adapter does, knowing beforehand how many listings each state has."""

    def __init__(self, http: httpx.AsyncClient, shop: Shop) -> None:
        self._http = http
        self._url = f"{shop.api_url}/shops/{shop.account_id}/listings"
        self._headers = EtsyWire().headers(CLIENT_ID, shop.token)
        self._counts: dict[str, int] = {}

    async def count(self) -> int:
        """How many listings there are; not part of what is measured."""
        for state in STATES:
            answer = await self._get(state, 0, 1)
            self._counts[state] = int(answer.json()["count"])
        return sum(self._counts.values())

    async def __call__(self) -> Downloaded:
        """All pages, their bodies read and thrown away."""
        requests = size = 0
        started = time.perf_counter()
        for state, count in self._counts.items():
            for offset in range(0, count, PAGE):
                answer = await self._get(state, offset, PAGE)
                requests += 1
                size += len(answer.content)
        return Downloaded(requests, size, time.perf_counter() - started)

    async def _get(self, state: str, offset: int, limit: int) -> httpx.Response:
        params: dict[str, Any] = {"state": state, "limit": limit, "offset": offset, "includes": INCLUDES}
        while True:
            answer = await self._http.get(self._url, params=params, headers=self._headers)
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                answer.raise_for_status()
                return answer
            due = asyncio.Event()
            asyncio.get_running_loop().call_later(float(answer.headers["retry-after"]), due.set)
            await due.wait()
