"""The client that services use for hosts that somebody else named."""

import asyncio
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from truestock.chassis.outbound.policy import OutboundPolicy
from truestock.chassis.outbound.transport import DEADLINE, LIMITS, GuardedTransport

FOLLOWED = ("GET", "HEAD")
CARRIED = ("accept", "accept-language", "user-agent")
"""All that another origin hears of: whatever else a request carries may be a credential."""

AROUND = frozenset({"transport", "mounts", "proxy", "http2", "trust_env", "verify", "cert", "cookies"})


class GuardedClient(httpx.AsyncClient):
    """Follows redirects only when asked, only of GET and HEAD, and only so many.

    Every hop is vetted like a first request. Another origin gets a bare request: no authentication, no
    cookies, no header but ``CARRIED``. (httpx itself would drop Authorization alone.)
    """

    def __init__(self, policy: OutboundPolicy, transport: httpx.AsyncBaseTransport, **options: Any) -> None:
        # No cookie is kept: one client serves many accounts, and a session of one is not the other's.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        super().__init__(transport=transport, trust_env=False, cookies=no_cookies, **options)
        self._policy = policy

    async def send(
        self,
        request: httpx.Request,
        *,
        stream: bool = False,
        auth: Any = httpx.USE_CLIENT_DEFAULT,
        follow_redirects: Any = httpx.USE_CLIENT_DEFAULT,
    ) -> httpx.Response:
        """See ``httpx.AsyncClient.send``. Raises TooManyRedirects beyond the policy's number."""
        follow = self.follow_redirects if follow_redirects is httpx.USE_CLIENT_DEFAULT else follow_redirects
        deadline = asyncio.get_running_loop().time() + self._policy.timeout_s
        request.extensions = {**request.extensions, DEADLINE: deadline}
        history: list[httpx.Response] = []
        while True:
            response = await super().send(request, stream=stream, auth=auth, follow_redirects=False)
            response.history = history
            following = response.next_request
            if not follow or following is None or request.method not in FOLLOWED:
                return response if stream else _without_cycle(response)
            await response.aclose()
            if len(history) >= self._policy.max_redirects:
                raise httpx.TooManyRedirects("The host redirects too often.", request=request)
            history = [*history, response]
            if _origin(following.url) != _origin(request.url):
                following, auth = _bare(following), None
            request = following


def _without_cycle(response: httpx.Response) -> httpx.Response:
    """The response, which is read, without the stream that points back at it.

    httpx's stream and response hold each other, so that a body of hundreds of listings would stay in memory
    until Python looks for cycles.
    """
    response.stream = httpx.ByteStream(response.content)
    return response


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx leaves the scheme's own port out


def _bare(request: httpx.Request) -> httpx.Request:
    headers = {name: request.headers[name] for name in CARRIED if name in request.headers}
    return httpx.Request(request.method, request.url, headers=headers, extensions=request.extensions)


def guarded_client(
    policy: OutboundPolicy,
    *,
    limits: httpx.Limits = LIMITS,
    tls: ssl.SSLContext | None = None,
    **options: Any,
) -> GuardedClient:
    """An ``httpx.AsyncClient`` that reaches only what ``policy`` admits.

    ``options`` are httpx's own (timeout, headers, …); those that would go around the guard are refused.
    Raises TypeError for them.
    """
    if around := options.keys() & AROUND:
        raise TypeError(f"these options would go around the guard: {', '.join(sorted(around))}")
    return GuardedClient(policy, GuardedTransport(policy, limits=limits, tls=tls), **options)
