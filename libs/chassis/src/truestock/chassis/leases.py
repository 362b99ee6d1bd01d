"""Fenced leases in PostgreSQL: one holder at a time, and a number that betrays a former one."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that was granted. ``fence`` grows with each grant: writers store it and refuse a lower one."""

    resource: str
    holder: str
    fence: int


class FencedLease:
    """Leases in one table, made with ``create_leases``. Times are the database's, not this machine's."""

    def __init__(self, table: str = "leases") -> None:
        # the table's name comes from code, never from input
        self._acquire = text(
            f"""
            INSERT INTO {table} AS lease (resource, holder, fence, expires_at)
            VALUES (:resource, :holder, 1, now() + :ttl)
            ON CONFLICT (resource) DO UPDATE
            SET holder = excluded.holder, expires_at = excluded.expires_at, fence = lease.fence + 1
            WHERE lease.expires_at < now() OR lease.holder IS NULL
            RETURNING fence
            """  # noqa: S608  # see above
        )
        self._renew = text(
            f"""
            UPDATE {table} SET expires_at = now() + :ttl
            WHERE resource = :resource AND holder = :holder AND fence = :fence
            RETURNING fence
            """  # noqa: S608  # see above
        )
        self._release = text(
            f"""
            UPDATE {table} SET holder = NULL, expires_at = '-infinity'
            WHERE resource = :resource AND holder = :holder AND fence = :fence
            """  # noqa: S608  # see above
        )

    async def acquire(
        self, connection: AsyncConnection, resource: str, holder: str, *, ttl: timedelta
    ) -> Lease | None:
        """Take the lease if nobody holds it (or the holder let it expire); None otherwise."""
        found = await connection.execute(self._acquire, {"resource": resource, "holder": holder, "ttl": ttl})
        fence = found.scalar_one_or_none()
        return None if fence is None else Lease(resource, holder, int(fence))

    async def renew(self, connection: AsyncConnection, lease: Lease, *, ttl: timedelta) -> bool:
        """Prolong the lease; False when another holder has it now: stop working."""
        found = await connection.execute(
            self._renew,
            {"resource": lease.resource, "holder": lease.holder, "fence": lease.fence, "ttl": ttl},
        )
        return found.scalar_one_or_none() is not None

    async def release(self, connection: AsyncConnection, lease: Lease) -> None:
        """Give the lease back; a lease that was lost already is left alone."""
        await connection.execute(
            self._release, {"resource": lease.resource, "holder": lease.holder, "fence": lease.fence}
        )
