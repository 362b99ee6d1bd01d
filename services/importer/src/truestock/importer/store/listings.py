"""What is remembered of listings between batches: content hash, sequence, SKUs."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from truestock.importer.domain.batch import Batch
from truestock.importer.domain.rows import Known
from truestock.importer.store.table import Table

KNOWN = text(
    """
    SELECT s.listing_id, s.content_hash, s.sequence, s.batch_id, r.verdict,
           CASE WHEN r.closed_by = 'dead_letter' THEN 'dead_lettered' ELSE r.outcome END AS outcome
    FROM listing_state s
    LEFT JOIN batch_row r ON r.batch_id = s.batch_id AND r.listing_id = s.listing_id
         AND r.listing_id = ANY (CAST(:listing_ids AS text[]))
    WHERE s.connection_id = :connection_id AND s.listing_id = ANY (CAST(:listing_ids AS text[]))
    """
)
SENT = text(
    """
    INSERT INTO listing_state AS s (workspace_id, connection_id, listing_id, sequence, content_hash, batch_id)
    SELECT :workspace_id, :connection_id, r.listing_id, r.sequence, r.content_hash, :batch_id
    FROM unnest(CAST(:listing_ids AS text[]), CAST(:sequences AS bigint[]), CAST(:hashes AS bytea[]))
         AS r (listing_id, sequence, content_hash)
    ORDER BY r.listing_id
    ON CONFLICT (connection_id, listing_id) DO UPDATE SET
        sequence = excluded.sequence, content_hash = excluded.content_hash, batch_id = excluded.batch_id
    WHERE s.sequence < excluded.sequence
    """
)
# The sequence stays: it must grow for ever, or consumers would take a fresh import for a stale one.
FORGET = text(
    """
    UPDATE listing_state SET content_hash = NULL
    WHERE connection_id = :connection_id
      AND (CAST(:batch_id AS uuid) IS NULL OR batch_id = :batch_id
           OR listing_id IN (SELECT listing_id FROM batch_row
                             WHERE batch_id = :batch_id AND inherited_from IS NULL))
    """
)
DROP_OLD_SKUS = text(
    """
    DELETE FROM listing_sku
    WHERE connection_id = :connection_id AND listing_id = ANY (CAST(:listing_ids AS text[]))
      AND seen_batch <> :batch_id
    """
)
ADD_SKUS = text(
    """
    INSERT INTO listing_sku (workspace_id, connection_id, listing_id, sku, seen_batch)
    SELECT :workspace_id, :connection_id, r.listing_id, r.sku, :batch_id
    FROM unnest(CAST(:owners AS text[]), CAST(:skus AS text[])) AS r (listing_id, sku)
    ORDER BY r.sku, r.listing_id
    ON CONFLICT DO NOTHING
    """
)
# A subquery with a LIMIT is an index probe per SKU, however large the table and young its statistics.
SHARED_SKUS = text(
    """
    SELECT w.sku FROM unnest(CAST(:skus AS text[])) AS w (sku)
    WHERE (SELECT count(*) FROM (SELECT FROM listing_sku o WHERE o.connection_id = :connection_id
                                 AND o.sku = w.sku LIMIT 2) AS two) > 1
    """
)
FORGET_UNSEEN = text(
    "DELETE FROM listing_sku WHERE connection_id = :connection_id AND seen_batch <> :batch_id"
)


class ListingTable(Table):
    """See the port of the same purpose."""

    async def known(self, connection_id: UUID, listing_ids: Sequence[str]) -> dict[str, Known]:
        """What is known of these listings, with what their last import came to."""
        rows = await self._rows(KNOWN, connection_id=connection_id, listing_ids=list(listing_ids))
        return {
            row["listing_id"]: Known(
                row["content_hash"], row["sequence"], row["outcome"], row["verdict"], row["batch_id"]
            )
            for row in rows
        }

    async def sent(self, batch: Batch, sent: Mapping[str, tuple[int, bytes]]) -> None:
        """Remember (sequence, content hash) of the listings that go out with this transaction."""
        if sent:
            await self._run(
                SENT,
                workspace_id=batch.workspace_id,
                connection_id=batch.connection_id,
                batch_id=batch.batch_id,
                listing_ids=list(sent),
                sequences=[sequence for sequence, _ in sent.values()],
                hashes=[content for _, content in sent.values()],
            )

    async def forget(self, connection_id: UUID, batch_id: UUID | None) -> int:
        """Forget the content of a batch's listings (of all with None), so that they are sent again."""
        return await self._run(FORGET, connection_id=connection_id, batch_id=batch_id)

    async def seen_skus(self, batch: Batch, skus: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
        """Remember the SKUs of listings that were just read; returns which of them others use as well."""
        if not skus:
            return {}
        place = {"connection_id": batch.connection_id, "batch_id": batch.batch_id}
        pairs = [(listing_id, sku) for listing_id, owned in skus.items() for sku in owned]
        await self._run(DROP_OLD_SKUS, listing_ids=list(skus), **place)
        if not pairs:
            return {}
        await self._run(
            ADD_SKUS,
            workspace_id=batch.workspace_id,
            owners=[listing_id for listing_id, _ in pairs],
            skus=[sku for _, sku in pairs],
            **place,
        )
        rows = await self._rows(
            SHARED_SKUS, connection_id=batch.connection_id, skus=sorted({sku for _, sku in pairs})
        )
        shared = {row["sku"] for row in rows}
        found = {listing_id: tuple(filter(shared.__contains__, owned)) for listing_id, owned in skus.items()}
        return {listing_id: duplicates for listing_id, duplicates in found.items() if duplicates}

    async def forget_unseen_skus(self, batch: Batch) -> None:
        """The whole catalogue was read: what was not seen is no longer there."""
        await self._run(FORGET_UNSEEN, connection_id=batch.connection_id, batch_id=batch.batch_id)
