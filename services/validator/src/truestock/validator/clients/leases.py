"""Access tokens, leased from the connector: in memory only, dropped before they expire."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from truestock.chassis.delivery import Transient
from truestock.contracts.problem import Refusal
from truestock.marketplaces.errors import AccessRevoked

EARLY = timedelta(seconds=60)
"""A lease is renewed so long before it expires, so that no read outlives it."""


class Disconnected(AccessRevoked):
    """The account is not connected (any more)."""


class Connector(Protocol):
    """The chassis' ServiceClient towards the connector."""

    async def post(
        self, path: str, *, workspace_id: UUID, json: Any = None, if_match: int | None = None
    ) -> Any:
        """POST and return the JSON body; raises Refusal or Transient."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """A short-lived token. Its repr does not show it."""

    access_token: str = field(repr=False)
    token_version: int
    expires_at: datetime
    account_id: str
    store: str | None = None


class Leases:
    """The leases of this process, one request per connection at a time."""

    def __init__(self, connector: Connector, now: Callable[[], datetime]) -> None:
        self._connector = connector
        self._now = now
        self._held: dict[UUID, Lease] = {}
        self._locks: dict[UUID, asyncio.Lock] = {}

    async def current(self, workspace_id: UUID, connection_id: UUID) -> Lease:
        """A lease that is not about to expire. Raises AccessRevoked, Disconnected or Transient."""
        async with self._lock(connection_id):
            held = self._held.get(connection_id)
            if held is not None and held.expires_at - self._now() > EARLY:
                return held
            return await self._ask(workspace_id, connection_id, "lease", None)

    async def refused(self, workspace_id: UUID, connection_id: UUID, token: str) -> Lease:
        """The marketplace refused ``token``: a newer one; asked for once, however many readers noticed."""
        async with self._lock(connection_id):
            held = self._held.get(connection_id)
            if held is None:
                return await self._ask(workspace_id, connection_id, "lease", None)
            if held.access_token != token:
                return held
            body = {"token_version": held.token_version}
            return await self._ask(workspace_id, connection_id, "lease/refused", body)

    def forget(self, connection_id: UUID) -> None:
        """The connection changed: what is held may be dead."""
        self._held.pop(connection_id, None)

    async def _ask(self, workspace_id: UUID, connection_id: UUID, command: str, body: Any) -> Lease:
        path = f"/internal/v1/connections/{connection_id}/{command}"
        self._held.pop(connection_id, None)
        try:
            answer = await self._connector.post(path, workspace_id=workspace_id, json=body)
        except Refusal as refusal:
            if refusal.code == "reauthorization_required":
                raise AccessRevoked("the connection must be reauthorized") from None
            if refusal.code in ("disconnected", "not_found"):
                raise Disconnected("the account is not connected") from None
            raise Transient(f"the connector refused a lease: {refusal.code}") from None
        lease = Lease(
            access_token=answer["access_token"],
            token_version=int(answer["token_version"]),
            expires_at=datetime.fromisoformat(answer["expires_at"]),
            account_id=str(answer["account_id"]),
            store=(answer.get("settings") or {}).get("store"),
        )
        self._held[connection_id] = lease
        return lease

    def _lock(self, connection_id: UUID) -> asyncio.Lock:
        return self._locks.setdefault(connection_id, asyncio.Lock())


class LeasedTokens:
    """One connection's leases as a marketplace client wants them."""

    def __init__(self, leases: Leases, workspace_id: UUID, connection_id: UUID) -> None:
        self._leases = leases
        self._workspace_id = workspace_id
        self._connection_id = connection_id

    async def current(self) -> str:
        """A token to try."""
        return (await self._leases.current(self._workspace_id, self._connection_id)).access_token

    async def refused(self, token: str) -> str:
        """A newer token than the refused one."""
        return (await self._leases.refused(self._workspace_id, self._connection_id, token)).access_token
