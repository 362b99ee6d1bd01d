"""What is done with a connection: lease its access, check it, disconnect it."""

import logging
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.connector.domain.attempts import Review
from truestock.connector.domain.connections import (
    Connection,
    check_leasable,
    reauthorization_required,
)
from truestock.connector.usecases.find import connection_at
from truestock.connector.usecases.keep_access import Access, KeepAccess
from truestock.connector.usecases.ports import Begin, Gateway, Owner, Seller
from truestock.contracts.problem import Refusal, RefusalKind, not_found
from truestock.marketplaces.errors import AccessExpired, AccessRevoked, MarketplaceError
from truestock.marketplaces.interface import ScopeCheck

log = logging.getLogger(__name__)


def owner_of(connection: Connection) -> Owner:
    """Whose tokens they are."""
    return Owner(connection.workspace_id, connection.connection_id, seller_of(connection))


def seller_of(connection: Connection) -> Seller:
    """Whom to speak to about it."""
    return Seller(connection.marketplace, connection.store, connection.account.id)


class LeaseAccess:
    """Lend a short-lived access token to another service (rule 8)."""

    def __init__(self, begin: Begin, access: KeepAccess) -> None:
        self._begin = begin
        self._access = access

    async def __call__(
        self, workspace_id: UUID, connection_id: UUID, *, refused_version: int | None = None
    ) -> tuple[Connection, Access]:
        """The token with its version. ``refused_version`` reports one that the marketplace refused.

        A Refusal (409) when the connection is disconnected or waits for reauthorization.
        """
        connection = await self._read(workspace_id, connection_id)
        check_leasable(connection)
        try:
            return connection, await self._access.fresh(owner_of(connection), refused_version=refused_version)
        except AccessRevoked:
            connection = await self._read(workspace_id, connection_id)
            check_leasable(connection)
            raise reauthorization_required(connection) from None

    async def _read(self, workspace_id: UUID, connection_id: UUID) -> Connection:
        async with self._begin([workspace_id]) as tx:
            connection = await tx.connection(connection_id)
        if connection is None:
            raise not_found("connection", connection_id)
        return connection


class CheckConnection:
    """Prove by live reads that the access works for every scope, and see what the account says today."""

    def __init__(self, begin: Begin, gateway: Gateway, lease: LeaseAccess) -> None:
        self._begin = begin
        self._gateway = gateway
        self._lease = lease

    async def __call__(
        self, principal: Principal, connection_id: UUID
    ) -> tuple[Connection, tuple[ScopeCheck, ...]]:
        """The connection with today's settings and what each scope opened; a Refusal when one does not."""
        connection, access = await self._lease(principal.workspace_id, connection_id)
        try:
            try:
                checks, live = await self._look(connection, access.token)
            except AccessExpired:
                connection, access = await self._lease(
                    principal.workspace_id, connection_id, refused_version=access.version
                )
                checks, live = await self._look(connection, access.token)
        except MarketplaceError as error:
            raise Refusal(
                "marketplace_unavailable",
                f"The account could not be read: {error}",
                remedy="Check again in a moment.",
                kind=RefusalKind.UNAVAILABLE,
            ) from error
        closed = [check for check in checks if not check.works]
        if closed:
            raise Refusal(
                "missing_scopes",
                "These permissions do not open what they should: "
                + "; ".join(f"{check.scope} ({check.detail})" for check in closed),
                remedy="Reauthorize the connection and leave all requested permissions switched on.",
                missing_scopes=[check.scope for check in closed],
            )
        return await keep_settings(self._begin, principal, connection, live), checks

    async def _look(self, connection: Connection, token: str) -> tuple[tuple[ScopeCheck, ...], Review]:
        seller = seller_of(connection)
        checks = await self._gateway.check(seller, token)
        return checks, await self._gateway.review(seller, token, connection.granted_scopes)


async def keep_settings(begin: Begin, principal: Principal, seen: Connection, live: Review) -> Connection:
    """The connection with the settings that the marketplace says now; a change is audited with both."""
    async with begin([seen.workspace_id]) as tx:
        current = await connection_at(tx, seen.connection_id)
        if live.account.id != current.account.id or live.settings_hash == current.settings_hash:
            return current
        changed = current.with_settings(live.settings, live.settings_hash)
        await tx.save_connection(changed)
        await tx.audit(
            principal,
            "connection.settings_changed",
            seen.connection_id,
            before=dict(current.settings),
            after=dict(changed.settings),
        )
        return changed
