"""SyncValidated → may the channel listing be published as inventory has it now?"""

from bench.naive.inventory_tables import ChannelListing
from bench.naive.tables import Sent
from sqlalchemy.ext.asyncio import AsyncSession

from truestock.contracts.envelope import Envelope
from truestock.contracts.events import SyncValidated, Verdict


async def apply_verdict(session: AsyncSession, event: SyncValidated, cause: Envelope) -> list[Sent]:
    """Take over a verdict on the fingerprint that the listing has; nothing follows from it."""
    listing = await session.get(ChannelListing, (event.connection_id, event.listing_id))
    if (
        listing is not None
        and listing.state == "linked"
        and listing.fingerprint == event.fingerprint
        and listing.verdict_version < event.version
    ):
        listing.push_allowed = event.verdict in (Verdict.PASSED, Verdict.PASSED_WITH_WARNINGS)
        listing.verdict_version = event.version
    return []
