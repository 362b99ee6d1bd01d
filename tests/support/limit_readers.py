"""Readers of one marketplace account that share its limit through connector processes, or do not."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from support.connector_borrowers import Borrower

from truestock.local.marketplaces import CLIENT_ID
from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.connector_limits import ConnectorLimits
from truestock.marketplaces.interface import RateGate
from truestock.marketplaces.sharing import LimitsAway


@dataclass
class ShareAsked:
    """Asks one connector process for shares of the borrower's connection."""

    borrower: Borrower
    connector: str
    holder: str = field(default_factory=lambda: str(uuid4()))

    async def ask(self, body: dict[str, Any]) -> Any:
        """One question; LimitsAway when it is refused."""
        answer = await self.post(body)
        if not answer.is_success:
            raise LimitsAway(answer.text)
        return answer.json()

    async def post(self, body: dict[str, Any]) -> httpx.Response:
        """The same, with whatever comes back."""
        path = f"/internal/v1/connections/{self.borrower.connection_id}/share"
        return await self.borrower.http.post(
            f"{self.connector}{path}", json=body, headers=self.borrower.headers
        )

    def gate(self) -> RateGate:
        """A process' gate that shares."""
        return RateGate(shared=ConnectorLimits(self.ask, self.holder))


async def read_settings(
    http: httpx.AsyncClient, sandbox: str, lease: Any, gate: RateGate, times: int
) -> None:
    """Read the settings of the leased Etsy shop so often, one after the other."""
    adapter = registry.get("etsy")
    api: Api = adapter.api(
        http,
        base_url=f"{sandbox}/etsy/v3/application",
        client_id=CLIENT_ID,
        tokens=OneToken(lease["access_token"]),
        account_id=lease["account_id"],
        gate=gate,
    )
    for _ in range(times):
        await adapter.settings(api)
