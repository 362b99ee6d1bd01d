"""The work queue across workspaces, through the system role: narrow tables only."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from truestock.chassis.transaction import Database
from truestock.importer.usecases.values import WorkItem

# What was written later than now was written by a clock that has been put back since: its wait or lease is
# over. A minute is more than the time by which another transaction can have begun after this one.
CLAIM = text(
    """
    UPDATE work SET fence = nextval('work_fence'), owner = :owner,
                    leased_until = now() + make_interval(secs => :lease), written_at = now()
    WHERE batch_id = (
        SELECT batch_id FROM work
        WHERE (wake_at <= now() AND (leased_until IS NULL OR leased_until < now()))
           OR written_at > now() + interval '1 minute'
        ORDER BY wake_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING batch_id, workspace_id, fence, attempts
    """
)
RENEW = text(
    """
    UPDATE work SET leased_until = now() + make_interval(secs => :lease), written_at = now()
    WHERE batch_id = :batch_id AND fence = :fence
    """
)
RELEASE = text(
    """
    UPDATE work SET leased_until = NULL, owner = NULL, attempts = :attempts,
                    wake_at = now() + make_interval(secs => :delay), written_at = now()
    WHERE batch_id = :batch_id AND fence = :fence
    """
)
WORKSPACES = text(
    "SELECT connection_id, workspace_id FROM connection WHERE connection_id = ANY (CAST(:ids AS uuid[]))"
)


class WorkQueue:
    """See the port ``Queue``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, owner: str, lease_s: float) -> WorkItem | None:
        """Take the batch that has waited longest, with a new fence number; None when there is none."""
        async with self._database.begin_system() as connection:
            row = (await connection.execute(CLAIM, {"owner": owner, "lease": lease_s})).first()
        return WorkItem(row.batch_id, row.workspace_id, row.fence, row.attempts) if row else None

    async def renew(self, item: WorkItem, lease_s: float) -> bool:
        """Keep the claim; False when another worker has it or nothing is left to do."""
        async with self._database.begin_system() as connection:
            values = {"batch_id": item.batch_id, "fence": item.fence, "lease": lease_s}
            return (await connection.execute(RENEW, values)).rowcount > 0

    async def release(self, item: WorkItem, delay_s: float, *, attempts: int) -> None:
        """Give the claim back, to be taken up again after ``delay_s``."""
        async with self._database.begin_system() as connection:
            await connection.execute(
                RELEASE,
                {
                    "batch_id": item.batch_id,
                    "fence": item.fence,
                    "delay": delay_s,
                    "attempts": attempts,
                },
            )

    async def workspaces_of(self, connection_ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """Whose connections these are; unknown ones are left out."""
        async with self._database.begin_system() as connection:
            rows = await connection.execute(WORKSPACES, {"ids": sorted(set(connection_ids))})
            return {row.connection_id: row.workspace_id for row in rows}
