"""Services that lease the access of one connection from any process of the connector."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx
from support.connector_world import Operator

PATIENT = httpx.Timeout(60)
ALL_AT_ONCE = httpx.Limits(max_connections=None, max_keepalive_connections=0)


@dataclass
class Borrower:
    """One service token, used for many leases."""

    http: httpx.AsyncClient
    connection_id: str
    headers: dict[str, str] = field(repr=False)

    @classmethod
    async def of(cls, olga: Operator, connection_id: str, http: httpx.AsyncClient) -> "Borrower":
        """A service that works for olga's workspace."""
        token = await olga.token("truestock-connector", roles=["service"], sub="truestock-importer")
        headers = {"authorization": f"Bearer {token}", "x-workspace-id": str(olga.workspace)}
        return cls(http, connection_id, headers)

    async def lease(self, connector: str, *, refused: int | None = None) -> httpx.Response:
        """One lease; ``refused``: the marketplace did not accept this version."""
        url = f"{connector}/internal/v1/connections/{self.connection_id}/lease"
        if refused is None:
            return await self.http.post(url, headers=self.headers)
        return await self.http.post(f"{url}/refused", json={"token_version": refused}, headers=self.headers)

    async def crowd(self, connectors: Iterable[str], each: int) -> list[httpx.Response]:
        """So many leases of each process, all at once."""
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self.lease(url)) for url in connectors for _ in range(each)]
        return [task.result() for task in asked]


@dataclass
class Load:
    """Leases one after the other until it is over; ``failed`` are the answers that brought no token."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    served: int = 0
    failed: list[str] = field(default_factory=list)

    async def read(self, borrower: Borrower, connector: str) -> None:
        """Only read."""
        while not self.over.is_set():
            self._note(await borrower.lease(connector))

    async def renew(self, borrower: Borrower, connector: str) -> None:
        """Refuse every token, so that new ones are sealed all the time."""
        version = 1
        while not self.over.is_set():
            answer = await borrower.lease(connector, refused=version)
            self._note(answer)
            version = answer.json().get("token_version", version)

    def _note(self, answer: httpx.Response) -> None:
        if answer.status_code == 200:
            self.served += 1
        else:
            self.failed.append(answer.text)
