"""One service's HTTP API: bearer token, revisions, typed answers, refusals."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from truestock.client.errors import refusal_of, unreachable, unreadable
from truestock.client.models.common import Page
from truestock.client.tokens import TokenSource

M = TypeVar("M", bound=BaseModel)

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
"""Seconds. Commands answer in milliseconds; the longest, a bulk decision, stays well below this."""

PAGE = 200
"""Items asked for at a time by the iterators; the services cap it themselves."""


class Service:
    """Calls to one service. Every method raises :class:`truestock.contracts.problem.Refusal`."""

    def __init__(self, name: str, base_url: str, http: httpx.AsyncClient, token: TokenSource) -> None:
        self.name = name
        self.base_url = base_url
        self._http = http
        self._token = token

    async def get(self, model: type[M], path: str, **query: object) -> M:
        """Read one resource."""
        return self._parse(model, await self._send("GET", path, query=query))

    async def pages(self, model: type[M], path: str, **query: object) -> AsyncIterator[M]:
        """Every item of a list, page after page, in the service's order."""
        cursor: str | None = None
        while True:
            response = await self._send("GET", path, query={"limit": PAGE, **query, "cursor": cursor})
            page = self._parse(Page[model], response)  # type: ignore[valid-type]  # parametrised at run time
            for item in page.items:
                yield item
            cursor = page.next_cursor
            if cursor is None:
                return

    async def command(
        self,
        model: type[M],
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        revision: int | None = None,
        method: str = "POST",
    ) -> M:
        """Change something. ``revision`` is the one that the operator saw; stale ones are refused."""
        return self._parse(model, await self._send(method, path, body=body or {}, revision=revision))

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, Any] | None = None,
        revision: int | None = None,
    ) -> httpx.Response:
        headers = {"accept": "application/json, application/problem+json"}
        if revision is not None:
            headers["if-match"] = f'"{revision}"'
        params = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        token = await self._token()
        for last in (False, True):
            headers["authorization"] = f"Bearer {token}"
            try:
                response = await self._http.request(
                    method, self.base_url + path, params=params, json=body, headers=headers
                )
            except httpx.TransportError as error:
                raise unreachable(self.name, self.base_url) from error
            if response.status_code != 401 or last:
                break
            token = await self._token(refused=token)
        if not response.is_success:
            raise refusal_of(response, self.name)
        return response

    def _parse(self, model: type[M], response: httpx.Response) -> M:
        try:
            return model.model_validate_json(response.content)
        except ValidationError as error:
            raise unreadable(self.name, self.base_url) from error


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
