"""Look after connections without being asked: deadlines, settings, keys that were deleted in silence."""

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from truestock.connector.domain.connections import Connection, ConnectionState
from truestock.connector.domain.deadlines import Vendor, deadlines, next_look, warnings
from truestock.connector.usecases import facts
from truestock.connector.usecases.ports import Begin, Clock, Gateway, SystemStore, system_principal
from truestock.connector.usecases.use_connection import LeaseAccess, keep_settings, seller_of
from truestock.contracts.problem import Refusal
from truestock.marketplaces.errors import AccessExpired, MarketplaceError

log = logging.getLogger(__name__)


class LookAfter:
    """One round. Any number of processes may do it at the same time: each connection is one process's."""

    def __init__(
        self,
        begin: Begin,
        system: SystemStore,
        gateway: Gateway,
        lease: LeaseAccess,
        vendors: Mapping[str, Vendor],
        now: Clock,
    ) -> None:
        self._begin = begin
        self._system = system
        self._gateway = gateway
        self._lease = lease
        self._vendors = vendors
        self._now = now

    async def __call__(self) -> None:
        """Look after every connection whose time has come."""
        for workspace_id, owner_id, look_at in await self._system.due_looks(self._now()):
            connection = await self._claim(workspace_id, owner_id, look_at)
            if connection is not None:
                await self._look(connection)

    async def _claim(self, workspace_id: UUID, owner_id: UUID, look_at: datetime) -> Connection | None:
        """Move the next look first, so that nobody else looks; warn of deadlines in the same transaction."""
        now = self._now()
        async with self._begin([workspace_id]) as tx:
            connection = await tx.connection(owner_id)
            grant = await tx.grant(owner_id)
            if grant is None:
                return None
            active = connection is not None and connection.state is ConnectionState.ACTIVE
            if not await tx.plan_look(owner_id, seen=look_at, at=next_look(grant, now) if active else None):
                return None
            if connection is None or not active:
                return None
            vendor = self._vendors.get(connection.marketplace, Vendor())
            for warning in warnings(deadlines(grant, vendor), now):
                if await tx.warn_once(connection, warning):
                    tx.emit(facts.deadline_approaching(connection, now, warning.deadline))
        return connection

    async def _look(self, connection: Connection) -> None:
        """Read the settings live; access that is refused is found out here, not by a failing import."""
        principal = system_principal(connection.workspace_id)
        try:
            connection, access = await self._lease(connection.workspace_id, connection.connection_id)
            seller = seller_of(connection)
            try:
                live = await self._gateway.review(seller, access.token, connection.granted_scopes)
            except AccessExpired:
                connection, access = await self._lease(
                    connection.workspace_id, connection.connection_id, refused_version=access.version
                )
                live = await self._gateway.review(seller, access.token, connection.granted_scopes)
        except (MarketplaceError, Refusal) as error:
            log.info("looking after %s: %s", connection.connection_id, error)
            return
        await keep_settings(self._begin, principal, connection, live)
