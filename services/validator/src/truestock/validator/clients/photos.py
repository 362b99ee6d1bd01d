"""Do photos answer? HEAD requests, bounded and remembered; nothing of a photo is downloaded."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

import httpx

SCHEMES = ("http", "https")
NO_HEAD = (405, 501)


class PhotoProber:
    """Asks hosts for photos, a few at a time, and remembers a good answer for ``remember_s`` seconds.

    A bad one is remembered for ``retry_s`` only: an operator who repairs a photo and validates again
    must see it. A host that did not answer ``patience`` times in a row is not asked again until then
    either: a catalogue of unreachable photos costs a few time-outs, not thousands.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        concurrency: int = 32,
        timeout_s: float = 3.0,
        budget_s: float = 30.0,
        remember_s: float = 600.0,
        retry_s: float = 5.0,
        most_remembered: int = 50_000,
        patience: int = 3,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._slots = asyncio.Semaphore(concurrency)
        self._timeout_s = timeout_s
        self._budget_s = budget_s
        self._remember_s = remember_s
        self._retry_s = retry_s
        self._most = most_remembered
        self._patience = patience
        self._clock = clock
        self._known: dict[str, tuple[float, bool]] = {}
        self._silent: dict[str, tuple[float, int]] = {}

    async def __call__(self, urls: Iterable[str]) -> Mapping[str, bool]:
        """Whether each address answers; one that could not be asked within the budget is left out."""
        answers: dict[str, bool] = {}
        asking: list[str] = []
        for url in dict.fromkeys(urls):
            known = self._remembered(url)
            if known is None:
                asking.append(url)
            else:
                answers[url] = known
        if asking:
            tasks = {url: asyncio.ensure_future(self._ask(url)) for url in asking}
            done, late = await asyncio.wait(tasks.values(), timeout=self._budget_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            answers |= {url: task.result() for url, task in tasks.items() if task in done}
        return answers

    async def _ask(self, url: str) -> bool:
        async with self._slots:
            known = self._remembered(url)  # its host may have turned out silent meanwhile
            if known is not None:
                return known
            answer = await self._request(url)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[url] = (self._clock() + (self._remember_s if answer else self._retry_s), answer)
        return answer

    async def _request(self, url: str) -> bool:
        host = urlsplit(url).netloc
        try:
            status = await self._status("HEAD", url)
            if status in NO_HEAD:
                status = await self._status("GET", url)
        except (httpx.TransportError, TimeoutError):
            until, times = self._silent.get(host, (0.0, 0))
            self._silent[host] = (max(until, self._clock() + self._retry_s), times + 1)
            return False
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return False
        self._silent.pop(host, None)
        return status < 400

    async def _status(self, method: str, url: str) -> int:
        async with (
            asyncio.timeout(self._timeout_s),
            self._http.stream(method, url, follow_redirects=False) as response,
        ):
            if method == "HEAD":
                await (
                    response.aread()
                )  # nothing comes, and only a connection that was read to its end is kept
            return response.status_code

    def _remembered(self, url: str) -> bool | None:
        if not _askable(url):
            return False
        until, answer = self._known.get(url, (0.0, False))
        if until > self._clock():
            return answer
        until, times = self._silent.get(urlsplit(url).netloc, (0.0, 0))
        if times >= self._patience and until > self._clock():
            return False
        return None


def _askable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in SCHEMES and bool(parts.hostname)
    except ValueError:
        return False
