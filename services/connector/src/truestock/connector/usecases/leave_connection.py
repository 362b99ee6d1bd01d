"""Give access up: an operator disconnects, or the marketplace says that it is over."""

import logging
from datetime import datetime
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.connector.custody import NotOpened
from truestock.connector.domain.attempts import AttemptState
from truestock.connector.domain.connections import Connection, ConnectionState, disconnected
from truestock.connector.usecases import facts
from truestock.connector.usecases.find import connection_at
from truestock.connector.usecases.ports import Begin, Clock, Gateway, Secret, Unit
from truestock.connector.usecases.use_connection import seller_of
from truestock.marketplaces.errors import MarketplaceError

log = logging.getLogger(__name__)


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
        refresh_token, access_token = await self._tokens(connection)
        revoked = await self._revoke(connection, refresh_token, access_token)
        async with self._begin([principal.workspace_id]) as tx:
            # The marketplace may have told of its own revocation meanwhile; the decision stands all the same.
            before = await connection_at(tx, connection_id)
            if before.state is ConnectionState.DISCONNECTED:
                raise disconnected(before)
            return await end_connection(
                tx, before, principal, self._now(), reason=reason, withdraw=withdraw, revoked=revoked
            )

    async def _tokens(self, connection: Connection) -> tuple[str | None, str | None]:
        """Refresh and access token; what cannot be read any more cannot be revoked, but is still erased."""
        try:
            async with self._begin([connection.workspace_id]) as tx:
                refresh_token = await tx.unseal(connection.connection_id, Secret.REFRESH)
                return refresh_token, await tx.unseal(connection.connection_id, Secret.ACCESS)
        except NotOpened:
            return None, None

    async def _revoke(
        self, connection: Connection, refresh_token: str | None, access_token: str | None
    ) -> bool:
        token = refresh_token or access_token
        if token is None:
            return False
        try:
            return await self._gateway.revoke(seller_of(connection), token=token, access_token=access_token)
        except MarketplaceError as error:
            # Erasing must not wait for a marketplace that does not answer; the audit says so.
            log.warning("revoking %s failed: %s", connection.connection_id, error)
            return False


async def end_connection(
    tx: Unit,
    before: Connection,
    principal: Principal,
    now: datetime,
    *,
    reason: str,
    withdraw: bool,
    revoked: bool,
) -> Connection:
    """Erase access, close what was under way, tell everybody (rule 11)."""
    connection = before.disconnected(reason)
    await tx.save_connection(connection)
    await tx.erase(connection.connection_id)
    await tx.retire_grant(connection.connection_id)
    await tx.release_account(connection)
    for attempt in await tx.attempts(None, connection.connection_id):
        if attempt.under_way(now):
            await tx.save_attempt(attempt.ended(AttemptState.SUPERSEDED))
            await tx.erase(attempt.attempt_id)
            await tx.retire_grant(attempt.attempt_id)
    tx.emit(facts.disconnected(connection, now, withdraw=withdraw))
    await tx.audit(
        principal,
        "connection.disconnected",
        connection.connection_id,
        before={"state": before.state},
        after={"state": connection.state, "withdraw": withdraw, "revoked": revoked},
        reason=reason,
    )
    return connection
