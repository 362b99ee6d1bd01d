"""What the marketplaces of plain values have in common: one seller behind an httpx.MockTransport."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx

from truestock.marketplaces import registry
from truestock.marketplaces.api import Api
from truestock.marketplaces.interface import MarketplaceAdapter, RateGate

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

Intercept = Callable[[httpx.Request, Any], Any]
"""Gets every request that shows a valid token and the decoded answer to it; returns that answer, another
one, or an httpx.Response, or raises as httpx does."""


@dataclass
class Tokens:
    """Access tokens ``t1``, ``t2``, …: the next one after a refusal; who is refused late gets the newest."""

    version: int = 1
    refusals: int = 0

    async def current(self) -> str:
        return f"t{self.version}"

    async def refused(self, token: str) -> str:
        if token == f"t{self.version}":
            self.refusals += 1
            self.version += 1
        return f"t{self.version}"


@dataclass
class MarketplaceShop(ABC):
    """Serves ``listings``, one raw object each; ``intercept`` may answer or change a body first.

    ``valid_token`` is the one that is not refused. ``now`` is the clock of the rate gate, ``waits`` the
    seconds that it waited. A marketplace says what its API answers: ``_refusal`` to a wrong token, else
    ``_body``.
    """

    listings: list[dict[str, Any]] = field(default_factory=list)
    intercept: Intercept | None = None
    valid_token: str = "t1"
    requests: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    now: datetime = NOW
    tokens: Tokens = field(default_factory=Tokens)
    account_id: str | None = None
    store: str | None = None

    marketplace: ClassVar[str]
    base_url: ClassVar[str]

    def api(self) -> tuple[MarketplaceAdapter, Api]:
        """The adapter, and a client for this seller."""
        adapter = registry.get(self.marketplace)
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        gate = RateGate(now=lambda: self.now, sleep=self._sleep)
        api = adapter.api(
            http,
            base_url=self.base_url,
            client_id="app",
            tokens=self.tokens,
            account_id=self.account_id,
            store=self.store,
            gate=gate,
        )
        return adapter, api

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        refusal = self._refusal(request)
        return self._served(request) if refusal is None else refusal

    @abstractmethod
    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        """The answer to a request without the valid token; None when it shows it."""
        ...

    def _body(self, request: httpx.Request) -> Any:
        """What the marketplace answers, decoded or as a response; nothing is there unless a shop says so."""
        return httpx.Response(404, json={}, request=request)

    def _served(self, request: httpx.Request) -> httpx.Response:
        body = self._intercepted(request, self._body(request))
        return body if isinstance(body, httpx.Response) else httpx.Response(200, json=body)

    def _intercepted(self, request: httpx.Request, body: Any) -> Any:
        return body if self.intercept is None else self.intercept(request, body)
