"""A bulk: list the whole catalogue and import each page."""

from collections.abc import Sequence
from dataclasses import replace

from truestock.importer.domain.batch import Batch
from truestock.importer.usecases import tracing
from truestock.importer.usecases.catalogue import Catalogue, CataloguePage, ReadListing
from truestock.importer.usecases.reading.committing import Committing
from truestock.importer.usecases.reading.import_listings import import_listings
from truestock.importer.usecases.reading.pages import pages


async def read_bulk(batch: Batch, catalogue: Catalogue, committing: Committing) -> None:
    """Read on from the batch's cursor to the end of the catalogue."""
    async with pages(catalogue.page, batch.cursor) as walk:
        async for page, listings in walk:
            with tracing.in_batch(batch, "import page"):
                batch = await _commit(batch, page, listings, catalogue, committing)


async def _commit(
    batch: Batch,
    page: CataloguePage[ReadListing],
    listings: Sequence[ReadListing],
    catalogue: Catalogue,
    committing: Committing,
) -> Batch:
    async with committing.reading(batch) as (tx, locked):
        moved = replace(locked, cursor=page.next_cursor, total=page.total)
        await import_listings(
            tx, moved, listings, currency=catalogue.currency, photo_problems={}, now=committing.now
        )
        if page.next_cursor is None:
            await tx.listings.forget_unseen_skus(moved)
            return await committing.close_reading(tx, moved)
        await tx.batches.save(moved)
        return moved
