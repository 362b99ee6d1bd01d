"""Access to seller accounts. Tokens are leased, kept in memory only, and stay with the adapter."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from truestock.chassis.delivery import Transient
from truestock.chassis.http import ServiceClient
from truestock.contracts.problem import Refusal
from truestock.contracts.values import Marketplace
from truestock.importer.usecases.catalogue import AccessDead, AccessGone, Interrupted
from truestock.marketplaces.connector_limits import ConnectorLimits
from truestock.marketplaces.errors import AccessExpired, AccessRevoked
from truestock.marketplaces.sharing import LimitsAway, SharedLimits

EARLY = timedelta(seconds=60)
"""A lease is renewed so long before its token expires."""


@dataclass(frozen=True, slots=True)
class AccountLease:
    """A leased access token with what it is good for."""

    access_token: str = field(repr=False)
    token_version: int
    expires_at: datetime
    marketplace: Marketplace
    account_id: str
    settings: dict[str, Any]


class ConnectorClient:
    """The connector's internal API."""

    def __init__(self, service: ServiceClient) -> None:
        self._service = service
        self._holder = f"importer-{uuid4()}"

    async def lease(self, workspace_id: UUID, connection_id: UUID) -> AccountLease:
        """A current token; raises Refusal and Transient as the service client does."""
        body = await self._service.post(_path(connection_id), workspace_id=workspace_id)
        return _lease(body)

    async def refused(self, workspace_id: UUID, connection_id: UUID, token_version: int) -> AccountLease:
        """The marketplace refused the token of this version: a newer one."""
        body = await self._service.post(
            f"{_path(connection_id)}/refused",
            workspace_id=workspace_id,
            json={"token_version": token_version},
        )
        return _lease(body)

    def limits(self, workspace_id: UUID, connection_id: UUID) -> SharedLimits:
        """The limit under which this connection is read, as all processes see it."""

        async def ask(body: dict[str, Any]) -> Any:
            path = f"/internal/v1/connections/{connection_id}/share"
            try:
                return await self._service.post(path, workspace_id=workspace_id, json=body)
            except (Refusal, Transient) as error:
                raise LimitsAway(str(error)) from error

        return ConnectorLimits(ask, self._holder)

    async def ask(self, workspace_id: UUID, connection_id: UUID) -> tuple[Marketplace, str]:
        """See the port ``ConnectionAccess``."""
        lease = await self.lease(workspace_id, connection_id)
        return lease.marketplace, lease.account_id


class LeasedTokens:
    """The tokens of one connection, for a marketplace adapter (its protocol ``AccessTokens``).

    A dead connection raises AccessRevoked towards the adapter; :meth:`problem` remembers why.
    """

    def __init__(
        self,
        connector: ConnectorClient,
        workspace_id: UUID,
        connection_id: UUID,
        now: Callable[[], datetime],
    ) -> None:
        self._connector = connector
        self._workspace_id = workspace_id
        self._connection_id = connection_id
        self._now = now
        self._lease: AccountLease | None = None
        self._lock = asyncio.Lock()

    async def open(self) -> AccountLease:
        """The current lease; raises ReadProblem."""
        try:
            return await self._current()
        except Refusal as refusal:
            if refusal.code == "disconnected":
                raise AccessGone(refusal.detail) from None
            raise AccessDead(refusal.detail) from None
        except Transient as error:
            raise Interrupted(str(error)) from None

    async def current(self) -> str:
        """A token to try."""
        try:
            return (await self._current()).access_token
        except Refusal as refusal:
            raise AccessRevoked(refusal.detail) from None

    async def refused(self, token: str) -> str:
        """A newer token than one that was refused; asked for once, whoever asks."""
        async with self._lock:
            lease = self._lease
            if lease is None or lease.access_token == token:
                version = lease.token_version if lease else 0
                try:
                    self._lease = lease = await self._connector.refused(
                        self._workspace_id, self._connection_id, version
                    )
                except Refusal as refusal:
                    raise AccessRevoked(refusal.detail) from None
        if lease.access_token == token:
            raise AccessExpired("The marketplace refused the access token, and there is no newer one yet.")
        return lease.access_token

    async def _current(self) -> AccountLease:
        async with self._lock:
            if self._lease is None or self._lease.expires_at - EARLY <= self._now():
                self._lease = await self._connector.lease(self._workspace_id, self._connection_id)
            return self._lease


def _path(connection_id: UUID) -> str:
    return f"/internal/v1/connections/{connection_id}/lease"


def _lease(body: Any) -> AccountLease:
    return AccountLease(
        access_token=str(body["access_token"]),
        token_version=int(body["token_version"]),
        expires_at=datetime.fromisoformat(body["expires_at"]),
        marketplace=Marketplace(body["marketplace"]),
        account_id=str(body["account_id"]),
        settings=dict(body.get("settings") or {}),
    )
