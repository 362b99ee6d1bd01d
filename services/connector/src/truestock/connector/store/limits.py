"""Shared rate limits in PostgreSQL: one row per limit, whose lock orders those that ask."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.transaction import Database
from truestock.connector.domain.limits import TERM, Held, Limit, divide
from truestock.marketplaces.sharing import Report, Share

# Everybody who asks writes the row and thereby waits for those that ask at the same time. The clock is read
# after that wait: a share is judged by the time at which it is given. What was told later than now was told
# by a clock that has been put back since, and counts no more: at the worst the marketplace refuses one
# request again.
TOLD = text(
    """
    INSERT INTO shared_limits AS known (counted, per_second, bursts, closed_until, told_at)
    VALUES (:counted, :per_second, :bursts, clock_timestamp() + CAST(:closed_for AS interval),
            clock_timestamp())
    ON CONFLICT (counted) DO UPDATE
    SET per_second = coalesce(excluded.per_second, known.per_second),
        bursts = CASE WHEN excluded.per_second IS NULL THEN known.bursts ELSE excluded.bursts END,
        closed_until = CASE WHEN known.told_at > clock_timestamp() + interval '1 minute'
                            THEN excluded.closed_until
                            ELSE greatest(excluded.closed_until, known.closed_until) END,
        told_at = clock_timestamp()
    RETURNING per_second, bursts, closed_until, clock_timestamp() AS now
    """
)
HELD = text("SELECT holder, wanted, per_second, until FROM limit_shares WHERE counted = :counted")
KEEP = text(
    """
    INSERT INTO limit_shares (counted, holder, wanted, per_second, until)
    VALUES (:counted, :holder, :wanted, :per_second, :until)
    ON CONFLICT (counted, holder) DO UPDATE
    SET wanted = excluded.wanted, per_second = excluded.per_second, until = excluded.until
    """
)
FORGET = text("DELETE FROM limit_shares WHERE counted = :counted AND holder = ANY (CAST(:holders AS text[]))")


class PostgresLimitStore:
    """See :class:`truestock.connector.usecases.ports.LimitStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def share(self, counted: bytes, holder: str, report: Report) -> Share:
        """Note what is told and give ``holder`` its part, in one transaction."""
        told = {
            "counted": counted,
            "per_second": report.per_second,
            "bursts": report.bursts,
            "closed_for": report.closed_for,
        }
        async with self._database.begin_system() as connection:
            row = (await connection.execute(TOLD, told)).one()
            limit = Limit(row.per_second, row.bursts, row.closed_until)
            held = await self._held(connection, counted) if limit.per_second is not None else []
            part = divide(limit, held, holder, report.wanted, row.now)
            if part.per_second is not None:
                await connection.execute(
                    KEEP,
                    {
                        "counted": counted,
                        "holder": holder,
                        "wanted": report.wanted,
                        "per_second": part.per_second,
                        "until": row.now + TERM,
                    },
                )
            if ended := [one.holder for one in held if one.has_ended(row.now) and one.holder != holder]:
                await connection.execute(FORGET, {"counted": counted, "holders": ended})
        return _share(limit, part.per_second, part.ask_by, row.now)

    async def _held(self, connection: AsyncConnection, counted: bytes) -> list[Held]:
        rows = (await connection.execute(HELD, {"counted": counted})).all()
        return [Held(row.holder, row.wanted, row.per_second, row.until) for row in rows]


def _share(limit: Limit, per_second: int | None, ask_by: datetime, now: datetime) -> Share:
    closed = limit.closed_until
    return Share(per_second, ask_by - now, closed - now if closed is not None and closed > now else None)
