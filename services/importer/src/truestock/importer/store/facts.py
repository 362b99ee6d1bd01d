"""The stratum facts of a scanned catalogue, and which listings were picked."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from truestock.importer.domain.batch import Batch
from truestock.importer.domain.sampling import Facts
from truestock.importer.store.table import Table, dumps

ADD = text(
    """
    INSERT INTO catalogue_fact (workspace_id, batch_id, listing_id, strata, price, title_length, category)
    SELECT :workspace_id, :batch_id, r.listing_id, ARRAY(SELECT jsonb_array_elements_text(r.strata::jsonb)),
           r.price, r.title_length, r.category
    FROM unnest(CAST(:listing_ids AS text[]), CAST(:strata AS text[]), CAST(:prices AS numeric[]),
                CAST(:lengths AS int[]), CAST(:categories AS text[]))
         AS r (listing_id, strata, price, title_length, category)
    ON CONFLICT (batch_id, listing_id) DO NOTHING
    """
)
ALL = text(
    """
    SELECT listing_id, strata, price, title_length, category FROM catalogue_fact WHERE batch_id = :batch_id
    """
)
PICK = text(
    """
    UPDATE catalogue_fact f SET picked = p.n + coalesce(
        (SELECT max(picked) FROM catalogue_fact WHERE batch_id = :batch_id), 0)
    FROM unnest(CAST(:listing_ids AS text[])) WITH ORDINALITY AS p (listing_id, n)
    WHERE f.batch_id = :batch_id AND f.listing_id = p.listing_id AND f.picked IS NULL
    """
)
PICKED = text(
    "SELECT listing_id FROM catalogue_fact WHERE batch_id = :batch_id AND picked IS NOT NULL ORDER BY picked"
)
UNREAD = text(
    """
    SELECT f.listing_id FROM catalogue_fact f
    WHERE f.batch_id = :batch_id AND f.picked IS NOT NULL
      AND NOT EXISTS (SELECT FROM batch_row r WHERE r.batch_id = f.batch_id AND r.listing_id = f.listing_id)
    ORDER BY f.picked LIMIT :limit
    """
)


class FactTable(Table):
    """See the port of the same purpose."""

    async def add(self, batch: Batch, facts: Sequence[Facts]) -> None:
        """Keep the facts of a scanned page."""
        if facts:
            await self._run(
                ADD,
                workspace_id=batch.workspace_id,
                batch_id=batch.batch_id,
                listing_ids=[fact.listing_id for fact in facts],
                strata=[dumps(fact.strata) for fact in facts],
                prices=[fact.price for fact in facts],
                lengths=[fact.title_length for fact in facts],
                categories=[fact.category for fact in facts],
            )

    async def all(self, batch_id: UUID) -> list[Facts]:
        """The whole scanned catalogue."""
        return [
            Facts(row["listing_id"], tuple(row["strata"]), row["price"], row["title_length"], row["category"])
            for row in await self._rows(ALL, batch_id=batch_id)
        ]

    async def pick(self, batch_id: UUID, listing_ids: Sequence[str]) -> None:
        """These listings are in the sample, in this order."""
        await self._run(PICK, batch_id=batch_id, listing_ids=list(listing_ids))

    async def picked(self, batch_id: UUID) -> list[str]:
        """The listings of the sample."""
        return [row["listing_id"] for row in await self._rows(PICKED, batch_id=batch_id)]

    async def unread_picks(self, batch_id: UUID, limit: int) -> list[str]:
        """Picked listings that have no row yet."""
        return [row["listing_id"] for row in await self._rows(UNREAD, batch_id=batch_id, limit=limit)]
