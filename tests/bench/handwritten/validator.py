"""InventorySeeded → live read → verdict (and with ROWS=all what the next validation needs), one event."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import orjson
from bench.handwritten import validator_sql as sql
from bench.handwritten.comparing import Findings, base_of, compare, verdict_on
from bench.handwritten.models import Seeded
from bench.handwritten.pipeline import (
    Incoming,
    Outgoing,
    Pipeline,
    first_sight,
    outgoing,
    run,
    write_outbox,
)
from bench.handwritten.reading import Reader

CONSUMER = "validator.validate-sync"
ALL_ROWS = os.environ.get("BENCH_ROWS") == "all"
TOPICS = os.environ.get("BENCH_TOPICS", "")
STORED = ("check", "finding_class", "severity", "subject", "inventory", "fix")
Key = tuple[UUID, str]


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
        fresh: dict[Key, Incoming[Seeded]],
        findings: dict[Key, Findings],
    ) -> dict[Key, int]:
        events = [(key, one.event) for key, one in fresh.items()]
        verdicts = zip(
            *(
                (e.workspace_id, e.batch_id, e.connection_id, e.listing_id, e.sequence, e.marketplace,
                 e.state.shared.title, e.state.item_id, e.state.item_version, e.state.fingerprint,
                 verdict_on(findings[key]), orjson.dumps(e.state.open_issues).decode(), len(findings[key]))
                for key, e in events
            ),
            strict=True,
        )  # fmt: skip  # one row, in the order of the columns
        rows = await connection.fetch(sql.VERDICTS, *map(list, verdicts))
        versions: dict[Key, int] = {(row[0], row[1]): row[2] for row in rows}
        if ALL_ROWS:
            await self._write_more(connection, fresh, findings, versions)
        return versions

    async def _write_more(
        self,
        connection: "asyncpg.Connection[asyncpg.Record]",
        fresh: dict[Key, Incoming[Seeded]],
        findings: dict[Key, Findings],
        versions: dict[Key, int],
    ) -> None:
        events = [one.event for one in fresh.values()]
        subjects = zip(
            *(
                (e.workspace_id, e.connection_id, e.listing_id, e.marketplace, e.account_id,
                 e.state.item_id, e.state.item_version, e.state.fingerprint, e.state.model_dump_json(),
                 e.batch_id, e.batch_kind, e.sequence, orjson.dumps(base_of(e.state)).decode())
                for e in events
            ),
            strict=True,
        )  # fmt: skip  # as above
        await connection.execute(sql.SUBJECTS, *map(list, subjects))
        again = [
            (e.workspace_id, e.batch_id, e.connection_id, e.listing_id)
            for key, e in zip(fresh, events, strict=True)
            if versions[key] > 1
        ]
        if again:
            await connection.execute(sql.DROP, *map(list, zip(*again, strict=True)))
        found = [
            (e.workspace_id, e.batch_id, e.connection_id, e.listing_id, n, rank,
             *(one[name] for name in STORED))
            for key, e in zip(fresh, events, strict=True)
            for n, (rank, one) in enumerate(findings[key])
        ]  # fmt: skip  # as above
        if found:
            await connection.execute(sql.FINDINGS, *map(list, zip(*found, strict=True)))


def _event(one: Incoming[Seeded], findings: Findings, version: int) -> Outgoing:
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
        "verdict": verdict_on(findings),
        "findings": [finding for _, finding in findings],
        "open_issues": state.open_issues,
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
    seeded = f"{TOPICS}inventory.inventory-seeded.v1"
    run(Pipeline(Seeded, seeded, f"{TOPICS}{CONSUMER}", Validator(reader).handle))
