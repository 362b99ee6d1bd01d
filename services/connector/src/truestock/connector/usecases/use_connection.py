"""What is done with a connection: lease its access, check it, disconnect it."""

import logging
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.connector.domain.attempts import AttemptState
from truestock.connector.domain.connections import (
    Connection,
    ConnectionState,
    check_leasable,
    disconnected,
    reauthorization_required,
)
from truestock.connector.usecases import facts
from truestock.connector.usecases.find import connection_at
from truestock.connector.usecases.keep_access import Access, KeepAccess, Owner
from truestock.connector.usecases.ports import Begin, Clock, Gateway, Secret
from truestock.contracts.problem import Refusal, RefusalKind, not_found
from truestock.marketplaces.errors import AccessExpired, AccessRevoked, MarketplaceError

log = logging.getLogger(__name__)


def owner_of(connection: Connection) -> Owner:
    """Whose tokens they are."""
    return Owner(connection.workspace_id, connection.connection_id, connection.marketplace)


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
    """Prove by a live read that the access works, and see what the account says today."""

    def __init__(self, begin: Begin, gateway: Gateway, lease: LeaseAccess) -> None:
        self._begin = begin
        self._gateway = gateway
        self._lease = lease

    async def __call__(self, principal: Principal, connection_id: UUID) -> Connection:
        """The connection with today's settings; a Refusal when its access does not work."""
        connection, access = await self._lease(principal.workspace_id, connection_id)
        scopes = connection.granted_scopes
        try:
            try:
                live = await self._gateway.review(connection.marketplace, access.token, scopes)
            except AccessExpired:
                connection, access = await self._lease(
                    principal.workspace_id, connection_id, refused_version=access.version
                )
                live = await self._gateway.review(connection.marketplace, access.token, scopes)
        except MarketplaceError as error:
            raise Refusal(
                "marketplace_unavailable",
                f"The account could not be read: {error}",
                remedy="Check again in a moment.",
                kind=RefusalKind.UNAVAILABLE,
            ) from error
        async with self._begin([principal.workspace_id]) as tx:
            current = await connection_at(tx, connection_id)
            if live.settings_hash != current.settings_hash:
                changed = current.with_settings(live.settings, live.settings_hash)
                await tx.save_connection(changed)
                await tx.audit(
                    principal,
                    "connection.settings_changed",
                    connection_id,
                    before=dict(current.settings),
                    after=dict(changed.settings),
                )
                return changed
        return current


class Disconnect:
    """Give access up: revoke where the marketplace can, always erase (rule 11)."""

    def __init__(self, begin: Begin, gateway: Gateway, now: Clock) -> None:
        self._begin = begin
        self._gateway = gateway
        self._now = now

    async def __call__(
        self, principal: Principal, connection_id: UUID, revision: int, *, reason: str, withdraw: bool
    ) -> Connection:
        """The disconnected connection; its id comes back when the account is connected again."""
        async with self._begin([principal.workspace_id]) as tx:
            connection = await connection_at(tx, connection_id, revision)
            if connection.state is ConnectionState.DISCONNECTED:
                raise disconnected(connection)
            refresh_token = await tx.unseal(connection_id, Secret.REFRESH)
        revoked = await self._revoke(connection, refresh_token)
        async with self._begin([principal.workspace_id]) as tx:
            before = await connection_at(tx, connection_id, revision)
            connection = before.disconnected(reason)
            await tx.save_connection(connection)
            await tx.erase(connection_id)
            await tx.retire_grant(connection_id)
            await tx.release_account(connection)
            for attempt in await tx.attempts(None, connection_id):
                if attempt.under_way(self._now()):
                    await tx.save_attempt(attempt.ended(AttemptState.SUPERSEDED))
                    await tx.erase(attempt.attempt_id)
                    await tx.retire_grant(attempt.attempt_id)
            tx.emit(facts.disconnected(connection, self._now(), withdraw=withdraw))
            await tx.audit(
                principal,
                "connection.disconnected",
                connection_id,
                before={"state": before.state},
                after={"state": connection.state, "withdraw": withdraw, "revoked": revoked},
                reason=reason,
            )
        return connection

    async def _revoke(self, connection: Connection, refresh_token: str | None) -> bool:
        if refresh_token is None:
            return False
        try:
            return await self._gateway.revoke(connection.marketplace, refresh_token)
        except MarketplaceError as error:
            # Erasing must not wait for a marketplace that does not answer; the audit says so.
            log.warning("revoking %s failed: %s", connection.connection_id, error)
            return False
