"""push_allowed: on the channel listing, outside the item's version (domain rules, inventory 10)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.statements import fetch

VerdictLine = tuple[UUID, str, str, bool, int]
"""connection id, listing id, fingerprint, allowed, the verdict's version"""

APPLY = text(
    """
    UPDATE channel_listings l SET push_allowed = v.allowed, verdict_version = v.version
    FROM (
        SELECT k.connection_id, k.listing_id, v.allowed, v.version
        FROM unnest(CAST(:connections AS uuid[]), CAST(:listings AS text[]), CAST(:fingerprints AS text[]),
                    CAST(:allowed AS bool[]), CAST(:versions AS bigint[]))
             AS v (connection_id, listing_id, fingerprint, allowed, version)
        JOIN channel_listings k USING (connection_id, listing_id)
        WHERE k.fingerprint = v.fingerprint AND k.state = 'linked' AND k.verdict_version < v.version
        ORDER BY k.connection_id, k.listing_id FOR UPDATE OF k
    ) v
    WHERE l.connection_id = v.connection_id AND l.listing_id = v.listing_id
    """
)


async def apply(connection: AsyncConnection, lines: Sequence[VerdictLine]) -> None:
    """Take over verdicts for the fingerprint that a listing has now; others are about the past."""
    ordered = sorted(lines)
    await fetch(
        connection,
        APPLY,
        {
            "connections": [line[0] for line in ordered],
            "listings": [line[1] for line in ordered],
            "fingerprints": [line[2] for line in ordered],
            "allowed": [line[3] for line in ordered],
            "versions": [line[4] for line in ordered],
        },
    )
