"""The httpx transport: each request, so each hop of a redirect too, passes the policy anew."""

import asyncio
import ssl
from collections.abc import AsyncIterable
from typing import cast

import httpcore
import httpx

from truestock.chassis.outbound.body import BoundedBody, Gunzip, too_large
from truestock.chassis.outbound.errors import AnswerRefused, ExchangeTimeout
from truestock.chassis.outbound.forms import check_url
from truestock.chassis.outbound.network import Resolve, VettedNetwork, system_resolve
from truestock.chassis.outbound.policy import OutboundPolicy
from truestock.chassis.outbound.translation import as_httpx

DEADLINE = "deadline"
"""Request extension: the loop time by which the whole exchange ends, redirects included."""
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends what ``policy`` admits. HTTP/1.1, no proxy: a proxy would look names up by itself.

    Raises :class:`AddressRefused` before anything is sent, :class:`AnswerRefused` for too much of an answer,
    :class:`ExchangeTimeout`, and httpx's transport errors. ``network`` makes the connections and ``resolve``
    looks names up; tests give their own.
    """

    def __init__(
        self,
        policy: OutboundPolicy,
        *,
        limits: httpx.Limits = LIMITS,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = system_resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._policy = policy
        tls = tls or httpx.create_ssl_context()
        # One pool per scheme: httpcore does not tell its network whether TLS will follow.
        self._pools = {
            scheme: httpcore.AsyncConnectionPool(
                ssl_context=tls,
                max_connections=limits.max_connections,
                max_keepalive_connections=limits.max_keepalive_connections,
                keepalive_expiry=limits.keepalive_expiry,
                network_backend=VettedNetwork(
                    policy,
                    secure=scheme == "https",
                    resolve=resolve,
                    network=network or httpcore.AnyIOBackend(),
                ),
            )
            for scheme in ("http", "https")
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; its body is read under the same deadline."""
        url = check_url(request.url, self._policy)
        deadline = request.extensions.get(DEADLINE)
        if deadline is None:
            deadline = asyncio.get_running_loop().time() + self._policy.timeout_s
        # Only gzip is decoded in bounded pieces, so only gzip is asked for.
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[*headers, (b"Accept-Encoding", b"gzip")],
            content=cast("AsyncIterable[bytes]", request.stream),
            extensions=dict(request.extensions),
        )
        try:
            with as_httpx():
                async with asyncio.timeout_at(deadline):
                    answer = await self._pools[url.scheme].handle_async_request(sent)
        except TimeoutError:
            raise ExchangeTimeout from None
        try:
            return self._bounded(request, answer, deadline)
        except AnswerRefused:
            await answer.aclose()
            raise

    def _bounded(self, request: httpx.Request, answer: httpcore.Response, deadline: float) -> httpx.Response:
        headers = httpx.Headers(answer.headers)
        coding = headers.pop("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise AnswerRefused(
                "the answer has a content coding that was not asked for", "Have the host send gzip or none."
            )
        length = headers.get("content-length", "")
        if request.method != "HEAD":
            if length.isdecimal() and int(length) > self._policy.max_bytes:
                raise too_large(self._policy.max_bytes)
            if "gzip" in coding:
                headers.pop("content-length", None)
        body = BoundedBody(
            cast("AsyncIterable[bytes]", answer.stream),
            Gunzip() if "gzip" in coding else None,
            self._policy.max_bytes,
            deadline,
        )
        return httpx.Response(answer.status, headers=headers, stream=body, extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()
