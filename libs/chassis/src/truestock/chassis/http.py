"""Calls to another service: authenticated for it, traced, its refusals raised as ours."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import httpx
from opentelemetry.trace import SpanKind, Status, StatusCode

from truestock.chassis.auth.keys import IssuerKeys
from truestock.chassis.delivery import Transient
from truestock.chassis.settings import ServiceSettings
from truestock.chassis.telemetry.context import trace_of, tracer
from truestock.contracts.problem import STATUS, Refusal, RefusalKind

KINDS = {status: kind for kind, status in STATUS.items()}
EARLY_S = 30.0
"""A token is renewed so long before it expires."""


class ServiceToken:
    """This service's own token for another one, by client credentials; one request for all callers."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        audience: str,
        settings: ServiceSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._audience = audience
        self._settings = settings
        self._issuer = IssuerKeys(http, settings.issuer_url)
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = float("-inf")

    async def get(self, *, refused: str | None = None) -> str:
        """A current token; another one than ``refused``. Raises :class:`Transient` without the issuer."""
        async with self._lock:
            if self._clock() >= self._until or self._token == refused:
                await self._fetch()
        return self._token

    async def _fetch(self) -> None:
        endpoint = str((await self._issuer.metadata())["token_endpoint"])
        try:
            response = await self._http.post(
                endpoint,
                data={"grant_type": "client_credentials", "audience": self._audience},
                auth=(self._settings.own_client_id, self._settings.own_client_secret()),
            )
            response.raise_for_status()
            answer = response.json()
            self._token = str(answer["access_token"])
            self._until = self._clock() + float(answer.get("expires_in", 300)) - EARLY_S
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Transient(f"no token for {self._audience} ({type(error).__name__})") from None


class ServiceClient:
    """Calls one other service about one workspace at a time.

    Raises :class:`~truestock.contracts.problem.Refusal` for what the other refuses (4xx) and
    :class:`~truestock.chassis.delivery.Transient` for what passes by itself (no answer, 429, 5xx).
    """

    def __init__(
        self, http: httpx.AsyncClient, base_url: str, audience: str, settings: ServiceSettings
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._audience = audience
        self._token = ServiceToken(http, audience, settings)

    async def get(self, path: str, *, workspace_id: UUID, params: Mapping[str, Any] | None = None) -> Any:
        """GET ``path``; returns the JSON body."""
        return await self.request("GET", path, workspace_id=workspace_id, params=params)

    async def post(
        self, path: str, *, workspace_id: UUID, json: Any = None, if_match: int | None = None
    ) -> Any:
        """POST ``json`` to ``path``; returns the JSON body."""
        return await self.request("POST", path, workspace_id=workspace_id, json=json, if_match=if_match)

    async def request(
        self,
        method: str,
        path: str,
        *,
        workspace_id: UUID,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        if_match: int | None = None,
    ) -> Any:
        """One call; a refused token is replaced once. Returns the JSON body, None without one."""
        token = await self._token.get()
        response = await self._send(method, path, token, workspace_id, params, json, if_match)
        if response.status_code == 401:
            token = await self._token.get(refused=token)
            response = await self._send(method, path, token, workspace_id, params, json, if_match)
        return self._body(response)

    async def _send(
        self,
        method: str,
        path: str,
        token: str,
        workspace_id: UUID,
        params: Mapping[str, Any] | None,
        json: Any,
        if_match: int | None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "X-Workspace-Id": str(workspace_id)}
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        with tracer().start_as_current_span(
            method,
            kind=SpanKind.CLIENT,
            attributes={"http.request.method": method, "url.path": path, "peer.service": self._audience},
        ) as span:
            traceparent, tracestate = trace_of(span)
            headers |= {"traceparent": traceparent} if traceparent else {}
            headers |= {"tracestate": tracestate} if tracestate else {}
            try:
                response = await self._http.request(
                    method, self._base_url + path, params=params, json=json, headers=headers
                )
            except httpx.HTTPError as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise Transient(f"{self._audience} did not answer ({type(error).__name__})") from error
            span.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= 400:
                span.set_status(Status(StatusCode.ERROR))
            return response

    def _body(self, response: httpx.Response) -> Any:
        status = response.status_code
        if status < 400:
            return response.json() if response.content else None
        if status >= 500 or status in (401, 408, 429):
            raise Transient(f"{self._audience} answered {status}")
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        raise Refusal(
            str(problem.get("code", "refused")),
            str(problem.get("detail", f"{self._audience} refused the call ({status}).")),
            remedy=str(problem.get("remedy", "See the other service's log.")),
            kind=KINDS.get(status, RefusalKind.INVALID),
            **{name: value for name, value in problem.items() if name not in PROBLEM_MEMBERS},
        )


PROBLEM_MEMBERS = frozenset({"type", "title", "status", "detail", "remedy", "code", "kind"})
