"""A marketplace says that access is over (webhooks)."""

import hashlib
import logging
from collections.abc import Mapping
from uuid import UUID

from truestock.connector.domain.connections import ConnectionState
from truestock.connector.usecases.grants import declare_dead
from truestock.connector.usecases.leave_connection import end_connection
from truestock.connector.usecases.ports import Begin, Clock, NoticeGateway, SystemStore, system_principal
from truestock.connector.usecases.use_connection import owner_of
from truestock.marketplaces.notices import Notice, NoticeKind

log = logging.getLogger(__name__)


class HearNotice:
    """Verify first, then act; the same notice acts once, and acting twice would change nothing."""

    def __init__(self, begin: Begin, system: SystemStore, gateway: NoticeGateway, now: Clock) -> None:
        self._begin = begin
        self._system = system
        self._gateway = gateway
        self._now = now

    async def __call__(self, marketplace: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raises NoticeRefused when it is not the marketplace's, Temporary when that cannot be verified."""
        notice = await self._gateway.notice(marketplace, headers, body)
        if notice.kind is NoticeKind.OTHER:
            return
        # A notice's id may stand in a header that no signature covers (Shopify): without the body's own
        # fingerprint, whoever has seen one notice could send it again under another id.
        known_by = (notice.notice_id, f"sha256:{hashlib.sha256(body).hexdigest()}")
        for name in known_by:
            if await self._system.heard(marketplace, name):
                return
        owners = await self._system.owners(marketplace, account_id=notice.account_id, store=notice.store)
        for workspace_id, connection_id in owners:
            await self._act(workspace_id, connection_id, notice)
        for name in known_by:
            await self._system.remember_notice(marketplace, name, self._now())

    async def _act(self, workspace_id: UUID, connection_id: UUID, notice: Notice) -> None:
        async with self._begin([workspace_id]) as tx:
            connection = await tx.connection(connection_id, lock=True)
            if connection is None or connection.state is ConnectionState.DISCONNECTED:
                return
            log.info("%s of %s: %s", connection.marketplace, connection_id, notice.kind)
            if notice.kind is NoticeKind.ACCOUNT_DELETED:
                await end_connection(
                    tx,
                    connection,
                    system_principal(workspace_id),
                    self._now(),
                    reason="the marketplace says that the account was deleted",
                    withdraw=False,
                    revoked=True,
                )
            else:
                reason = "the seller took the access back at the marketplace"
                await declare_dead(tx, owner_of(connection), reason, self._now())
