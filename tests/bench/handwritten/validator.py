"""InventorySeeded → live read → verdict (and with ROWS=all what the next validation needs), one event."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from bench.handwritten.models import Seeded
from bench.handwritten.pipeline import Incoming, Outgoing, Pipeline, first_sight, outgoing, write_outbox
from bench.handwritten.reading import Reader, seen

CONSUMER = "validator.validate-sync"
ALL_ROWS = os.environ.get("BENCH_ROWS") == "all"
TOPICS = os.environ.get("BENCH_TOPICS", "")
VERDICTS = """
    INSERT INTO verdicts AS v (workspace_id, batch_id, connection_id, listing_id, version, sequence,
        marketplace, title, item_id, item_version, fingerprint, verdict, open_issues, findings, validated_at)
    SELECT a, b, c, d, 1, e, f, g, h, i, j, k, l::jsonb, m, now()
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::uuid[],
                $9::int[], $10::text[], $11::text[], $12::text[], $13::int[])
         AS r (a, b, c, d, e, f, g, h, i, j, k, l, m)
    ORDER BY a, b, c, d
    ON CONFLICT (workspace_id, batch_id, connection_id, listing_id) DO UPDATE SET version = v.version + 1,
        sequence = excluded.sequence, verdict = excluded.verdict, findings = excluded.findings,
        fingerprint = excluded.fingerprint, item_version = excluded.item_version, validated_at = now()
    RETURNING connection_id, listing_id, version
"""
SUBJECTS = """
    INSERT INTO subjects (workspace_id, connection_id, listing_id, marketplace, account_id, item_id,
        item_version, epoch, fingerprint, state, state_at, seeded, batch_id, batch_kind, sequence, base,
        verdict_version, validated_fingerprint, validated_at)
    SELECT a, b, c, d, e, f, g, 1, h, i, now(), true, j, k, l, i, 1, h, now()
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::int[], $8::text[],
                $9::text[], $10::uuid[], $11::text[], $12::int[]) AS r (a, b, c, d, e, f, g, h, i, j, k, l)
    ORDER BY a, b, c
    ON CONFLICT (workspace_id, connection_id, listing_id) DO UPDATE SET state = excluded.state,
        fingerprint = excluded.fingerprint, sequence = excluded.sequence, batch_id = excluded.batch_id
"""


class Validator:
    """Reads first, then one transaction."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def handle(
        self, connection: "asyncpg.Connection[asyncpg.Record]", batch: Sequence[Incoming[Seeded]]
    ) -> list[Outgoing]:
        """The verdicts on a batch."""
        wanted: dict[UUID, list[str]] = {}
        for one in batch:
            wanted.setdefault(one.event.connection_id, []).append(one.event.listing_id)
        reads = asyncio.gather(*(self._reader.listings(key, ids) for key, ids in wanted.items()))
        photos = self._reader.photos(
            one.event.state.shared.photos[0].url for one in batch if one.event.state.shared.photos
        )
        parts, broken = await asyncio.gather(reads, photos)
        live = dict(zip(wanted, parts, strict=True))
        workspaces = ",".join({str(one.event.workspace_id) for one in batch})
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.workspaces', $1, true)", workspaces)
            fresh = {
                (one.event.connection_id, one.event.listing_id): one
                for one in await first_sight(connection, CONSUMER, batch)
            }
            if not fresh:
                return []
            findings = {
                key: compare(one.event, live[key[0]].get(key[1]), broken) for key, one in fresh.items()
            }
            versions = await self._write(connection, fresh, findings)
            events = [_event(one, findings[key], versions[key]) for key, one in fresh.items()]
            await write_outbox(connection, events)
        return events

    async def _write(
        self,
        connection: "asyncpg.Connection[asyncpg.Record]",
        fresh: dict[tuple[UUID, str], Incoming[Seeded]],
        findings: dict[tuple[UUID, str], list[str]],
    ) -> dict[tuple[UUID, str], int]:
        events = [(key, one.event) for key, one in fresh.items()]
        verdicts = zip(
            *(
                (e.workspace_id, e.batch_id, e.connection_id, e.listing_id, e.sequence, e.marketplace,
                 e.state.shared.title, e.state.item_id, e.state.item_version, e.state.fingerprint,
                 _verdict(findings[key]), "[]", len(findings[key]))
                for key, e in events
            ),
            strict=True,
        )  # fmt: skip  # one row, in the order of the columns
        rows = await connection.fetch(VERDICTS, *map(list, verdicts))
        if ALL_ROWS:
            subjects = zip(
                *(
                    (e.workspace_id, e.connection_id, e.listing_id, e.marketplace, e.account_id,
                     e.state.item_id, e.state.item_version, e.state.fingerprint,
                     e.state.model_dump_json(), e.batch_id, e.batch_kind, e.sequence)
                    for _, e in events
                ),
                strict=True,
            )  # fmt: skip  # as above
            await connection.execute(SUBJECTS, *map(list, subjects))
        return {(row[0], row[1]): row[2] for row in rows}


def compare(event: Seeded, live: Any, broken: set[str]) -> list[str]:
    """What inventory and the marketplace disagree about."""
    if live is None:
        return ["listing.linkage"]
    title, photos, variants = seen(live)
    state = event.state
    ours = [photo.url for photo in sorted(state.shared.photos, key=lambda photo: photo.rank)]
    found = ["title.match"] if title != state.shared.title else []
    found += ["photos.match"] if photos != ours or (ours and ours[0] in broken) else []
    for variant in state.variants:
        quantity, price = variants.get(variant.sku or "", (None, None))
        found += ["stock.quantity"] if quantity != variant.available else []
        found += ["price.intent"] if variant.price is None or price != variant.price.amount else []
    return found


def _verdict(findings: list[str]) -> str:
    return "failed" if findings else "passed"


def _event(one: Incoming[Seeded], findings: list[str], version: int) -> Outgoing:
    event, state = one.event, one.event.state
    body = {
        "workspace_id": event.workspace_id,
        "occurred_at": datetime.now(UTC),
        "correlation_id": event.correlation_id,
        "causation_id": one.headers["ce_id"].decode(),
        "connection_id": event.connection_id,
        "marketplace": event.marketplace,
        "listing_id": event.listing_id,
        "batch_id": event.batch_id,
        "version": version,
        "sequence": event.sequence,
        "item_id": state.item_id,
        "item_version": state.item_version,
        "fingerprint": state.fingerprint,
        "verdict": _verdict(findings),
        "findings": [
            {
                "check": check,
                "finding_class": "drift",
                "severity": "warning",
                "subject": check,
                "fix": "Look at the item.",
            }
            for check in findings
        ],
    }
    key = f"{event.connection_id}:{event.listing_id}"
    return outgoing(
        f"{TOPICS}validator.sync-validated.v1",
        "truestock.validator.SyncValidated.v1",
        key,
        orjson.dumps(body),
        one,
    )


if __name__ == "__main__":
    reader = Reader(os.environ["BENCH_API_URL"], os.environ["BENCH_TOKEN"], os.environ["BENCH_CLIENT_ID"])
    pipeline = Pipeline(
        Seeded, f"{TOPICS}inventory.inventory-seeded.v1", f"{TOPICS}{CONSUMER}", Validator(reader).handle
    )
    pipeline.run()
