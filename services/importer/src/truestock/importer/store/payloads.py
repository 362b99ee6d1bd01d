"""Raw payloads, content-addressed, zstd-compressed."""

from collections.abc import Sequence
from uuid import UUID

import zstandard
from sqlalchemy import text

from truestock.importer.store.table import Table
from truestock.importer.usecases.values import Payload, SampledPayload

KEEP = text(
    """
    INSERT INTO raw_payload (workspace_id, hash, payload, size)
    SELECT :workspace_id, r.hash, r.payload, r.size
    FROM unnest(CAST(:hashes AS bytea[]), CAST(:payloads AS bytea[]), CAST(:sizes AS int[]))
         AS r (hash, payload, size)
    ORDER BY r.hash
    ON CONFLICT DO NOTHING
    """
)
OF_BATCH = text(
    """
    SELECT r.listing_id, r.mapped_hash, p.payload
    FROM batch_row r JOIN raw_payload p ON p.workspace_id = r.workspace_id AND p.hash = r.payload_hash
    WHERE r.batch_id = :batch_id AND r.excluded_reason IS NULL
    ORDER BY r.position
    """
)


class PayloadTable(Table):
    """See the port of the same purpose."""

    async def keep(self, workspace_id: UUID, payloads: Sequence[Payload]) -> None:
        """Store what is not stored yet."""
        if payloads:
            await self._run(
                KEEP,
                workspace_id=workspace_id,
                hashes=[payload.hash for payload in payloads],
                payloads=[payload.compressed for payload in payloads],
                sizes=[payload.size for payload in payloads],
            )

    async def of_batch(self, batch_id: UUID) -> list[SampledPayload]:
        """The payloads behind a batch's rows, decompressed."""
        inflate = zstandard.ZstdDecompressor()
        return [
            SampledPayload(row["listing_id"], inflate.decompress(row["payload"]), row["mapped_hash"])
            for row in await self._rows(OF_BATCH, batch_id=batch_id)
        ]
