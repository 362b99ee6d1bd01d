"""What the clock does: expire attempts, refresh ahead of expiry, move secrets to the newest key."""

import logging

from truestock.chassis.delivery import Transient
from truestock.connector.domain.attempts import UNDER_WAY, AttemptState
from truestock.connector.domain.connections import ConnectionState
from truestock.connector.usecases.keep_access import KeepAccess
from truestock.connector.usecases.look_after import LookAfter
from truestock.connector.usecases.ports import Begin, Clock, SystemStore, system_principal
from truestock.connector.usecases.use_connection import owner_of
from truestock.contracts.problem import Refusal
from truestock.marketplaces.errors import MarketplaceError

log = logging.getLogger(__name__)


class Sweep:
    """One round of everything that is due. Any number of processes may sweep at the same time."""

    def __init__(
        self, begin: Begin, system: SystemStore, access: KeepAccess, look_after: LookAfter, now: Clock
    ) -> None:
        self._begin = begin
        self._system = system
        self._access = access
        self._look_after = look_after
        self._now = now

    async def __call__(self) -> None:
        """Do what is due; what fails is tried again in the next round."""
        for step in (self.expire_attempts, self.refresh_ahead, self.look_after, self.rewrap):
            try:
                await step()
            except Transient as error:
                log.warning("sweep: %s: %s", step.__name__, error)

    async def expire_attempts(self) -> None:
        """Attempts past their deadline expire and their tokens are erased."""
        for workspace_id, attempt_id in await self._system.overdue_attempts(self._now()):
            async with self._begin([workspace_id]) as tx:
                attempt = await tx.attempt(attempt_id, lock=True)
                if attempt is None or attempt.state not in UNDER_WAY or attempt.under_way(self._now()):
                    continue
                await tx.save_attempt(attempt.ended(AttemptState.EXPIRED))
                await tx.erase(attempt_id)
                await tx.retire_grant(attempt_id)
                await tx.audit(system_principal(workspace_id), "attempt.expired", attempt_id)

    async def refresh_ahead(self) -> None:
        """Tokens that end soon are replaced before anybody has to wait for it."""
        for workspace_id, owner_id in await self._system.due_grants(self._now()):
            async with self._begin([workspace_id]) as tx:
                connection = await tx.connection(owner_id)
            if connection is None or connection.state is not ConnectionState.ACTIVE:
                continue
            try:
                await self._access.fresh(owner_of(connection), ahead=True)
            except (MarketplaceError, Refusal) as error:
                log.warning("refreshing %s ahead of expiry: %s", owner_id, error)

    async def look_after(self) -> None:
        """Settings, deadlines, keys that were deleted in silence."""
        await self._look_after()

    async def rewrap(self) -> None:
        """Rotation of the key-encryption key, online and a few rows at a time."""
        moved = await self._system.rewrap()
        if moved:
            log.info("%d secrets were moved to the newest key", moved)
