"""Services that lease access tokens from the connector."""

from typing import Any
from uuid import UUID

import httpx

from truestock.local.stack import Stack


class Leasing:
    """Calls the connector's internal API as the importer would, for one workspace."""

    def __init__(self, http: httpx.AsyncClient, token: str, workspace: UUID) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}", "x-workspace-id": str(workspace)}

    @classmethod
    async def open(cls, stack: Stack, http: httpx.AsyncClient, workspace: UUID) -> "Leasing":
        """With a service's token from the local issuer."""
        response = await http.post(
            f"{stack.endpoints.sandbox}/control/issuer/token",
            json={
                "claims": {"sub": "truestock-importer", "roles": ["service"]},
                "audience": "truestock-connector",
            },
        )
        assert response.is_success, response.text
        return cls(http, response.json()["access_token"], workspace)

    async def lease(self, connector: str, connection_id: str) -> httpx.Response:
        """Lease from the connector process at this address."""
        return await self._post(f"{connector}/internal/v1/connections/{connection_id}/lease", None)

    async def refused(self, connector: str, connection_id: str, token_version: int) -> httpx.Response:
        """Report that the marketplace refused this version."""
        path = f"{connector}/internal/v1/connections/{connection_id}/lease/refused"
        return await self._post(path, {"token_version": token_version})

    async def _post(self, url: str, body: Any) -> httpx.Response:
        return await self._http.post(url, json=body, headers=self._headers)
