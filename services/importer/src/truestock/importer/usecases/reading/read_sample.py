"""A sample: scan the catalogue for its strata, pick, then import what was picked."""

from collections.abc import Sequence
from dataclasses import replace

from truestock.contracts.listing import CanonicalListing
from truestock.importer.domain import sampling
from truestock.importer.domain.batch import Batch, Phase
from truestock.importer.usecases import tracing
from truestock.importer.usecases.catalogue import Catalogue, CataloguePage
from truestock.importer.usecases.ports import CheckPhotos, Tx
from truestock.importer.usecases.reading.committing import Committing
from truestock.importer.usecases.reading.import_listings import import_listings
from truestock.importer.usecases.reading.pages import pages
from truestock.importer.usecases.values import NewRow

GONE = "no longer on the marketplace when it was read"


async def scan(batch: Batch, catalogue: Catalogue, committing: Committing) -> Batch:
    """Go through all pages and keep only the stratum facts; ends with the sample picked."""
    async with pages(catalogue.scan, batch.cursor) as walk:
        async for page, listings in walk:
            with tracing.in_batch(batch, "scan page"):
                batch = await _commit_scan(batch, page, listings, committing)
    return batch


async def import_picked(
    batch: Batch, catalogue: Catalogue, committing: Committing, check_photos: CheckPhotos
) -> None:
    """Read the picked listings in batches as large as the marketplace allows, until none is left."""
    while True:
        async with committing.reading(batch) as (tx, batch):
            wanted = await tx.facts.unread_picks(batch.batch_id, catalogue.batch_size)
            if not wanted:
                await committing.close_reading(tx, batch)
                return
        found = await catalogue.read(wanted)
        listings = [one for listing_id in wanted if (one := found.get(listing_id)) is not None]
        problems = await check_photos([photo.url for one in listings for photo in one.listing.photos])
        gone = [listing_id for listing_id in wanted if found.get(listing_id) is None]
        with tracing.in_batch(batch, "import sample"):
            async with committing.reading(batch) as (tx, batch):
                await import_listings(
                    tx,
                    batch,
                    listings,
                    currency=catalogue.currency,
                    photo_problems=problems,
                    now=committing.now,
                )
                rows = [NewRow(listing_id, listing_id, excluded_reason=GONE) for listing_id in gone]
                await tx.rows.add(batch, rows)


async def _commit_scan(
    batch: Batch,
    page: CataloguePage[CanonicalListing],
    listings: Sequence[CanonicalListing],
    committing: Committing,
) -> Batch:
    facts = [sampling.facts_of(listing) for listing in listings]
    async with committing.reading(batch) as (tx, locked):
        moved = replace(locked, cursor=page.next_cursor, total=page.total)
        await tx.facts.add(moved, facts)
        await tx.listings.seen_skus(moved, {fact.listing_id: fact.skus for fact in facts})
        if page.next_cursor is None:
            moved = await _pick(tx, moved)
        await tx.batches.save(moved)
        return moved


async def _pick(tx: Tx, batch: Batch) -> Batch:
    await tx.listings.forget_unseen_skus(batch)
    facts = await tx.facts.all(batch.batch_id)
    picked = sampling.pick(facts, batch.size, batch.seed, batch.exclude)
    await tx.facts.pick(batch.batch_id, picked)
    await tx.batches.set_coverage(batch.batch_id, sampling.coverage(facts, picked))
    return replace(batch, phase=Phase.PICKED, total=len(picked))
