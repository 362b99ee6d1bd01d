"""Whether photos can be reached: bounded in number, time and place."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import httpx

MOST_PHOTOS = 300
AT_ONCE = 16
TIMEOUT_S = 3.0
NOT_ANSWERED = "the host did not answer"


class PhotoChecker:
    """Asks hosts for photos with HEAD. Addresses come from outside, so only public ones are asked.

    ``trusted_origins`` are asked wherever they are: the marketplaces' own configured hosts.
    Redirects are not followed: a redirect is an answer, so the photo is there for whoever may follow.
    """

    def __init__(self, http: httpx.AsyncClient, trusted_origins: Iterable[str] = ()) -> None:
        self._http = http
        self._trusted = frozenset(map(_origin, trusted_origins))

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
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return "its address is malformed"
        if parts.scheme not in ("http", "https") or not host:
            return "its address is not http or https"
        target, headers, extensions = httpx.URL(url), {}, {}
        if _origin(url) not in self._trusted:
            address = await _public_address(host, port or (443 if parts.scheme == "https" else 80))
            if address is None:
                return "its host is unknown or not public"
            # Connect to the address that was vetted: the name may resolve differently a moment later.
            target = target.copy_with(host=address)
            headers = {"Host": parts.netloc.rpartition("@")[2]}
            extensions = {"sni_hostname": host}
        return await self._ask(target, headers, extensions)

    async def _ask(self, url: httpx.URL, headers: dict[str, str], extensions: dict[str, str]) -> str | None:
        try:
            response = await self._http.head(
                url, headers=headers, extensions=extensions, timeout=TIMEOUT_S, follow_redirects=False
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return NOT_ANSWERED
        return f"the host answered {response.status_code}" if response.status_code >= 400 else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


async def _public_address(host: str, port: int) -> str | None:
    """An address of the host, if all of its addresses are public ones."""
    addresses = [host] if _is_address(host) else await _look_up(host, port)
    if not addresses or not all(ipaddress.ip_address(address).is_global for address in addresses):
        return None
    return f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _look_up(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.wait_for(
            asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM), TIMEOUT_S
        )
    except (OSError, UnicodeError, TimeoutError):
        return []
    return [str(entry[4][0]) for entry in found]
