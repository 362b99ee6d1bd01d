"""An operator reviews a sample: what it waits for, and the decision."""

from support.journey import Business
from support.waiting import eventually

from truestock.client.models.importer import Batch, ReportListing


async def approve(business: Business, batch: Batch) -> Batch:
    """Approve the batch as it stands."""
    importer = business.operator.importer
    revision = (await importer.batch(batch.batch_id)).revision
    return await importer.decide(batch.batch_id, "approve", revision=revision, reason="reviewed")


async def row(business: Business, batch: Batch, title: str) -> ReportListing:
    """The report's row of the listing with this title."""
    [found] = [one for one in (await business.report(batch)).listings if one.title == title]
    return found


async def blockers(business: Business, batch: Batch, title: str) -> dict[str, str]:
    """The blockers of the listing with this title: code → state."""
    return {one.code: one.state for one in (await row(business, batch, title)).blockers}


async def waits_for(business: Business, batch: Batch, *codes: str) -> None:
    """Wait until approval waits for exactly this; for nothing without codes."""

    async def look() -> bool:
        found = await business.waiting(batch)
        assert found == set(codes), found
        return True

    await eventually(look, 40.0, message=f"the sample does not come to wait for {codes or 'nothing'}")
