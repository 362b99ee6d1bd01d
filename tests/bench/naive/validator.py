"""InventorySeeded → live read → verdict by ORM, one event. Live reads are batched as ours are."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bench.handwritten.reading import Reader
from bench.naive.findings import findings, gone, verdict_of
from bench.naive.loop import Consumer, run
from bench.naive.outbox import event_row
from bench.naive.sides import base_text, pairs
from bench.naive.tables import Sent
from bench.naive.validator_rows import write_subject, write_verdict
from sqlalchemy.ext.asyncio import AsyncSession

from truestock.contracts.envelope import Envelope
from truestock.contracts.events import InventorySeeded, SyncValidated


class Validator:
    """Compares what the last poll's read found."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._live: dict[tuple[UUID, str], Any] = {}
        self._broken: set[str] = set()

    async def read(self, events: Sequence[InventorySeeded]) -> None:
        """All listings of one poll."""
        wanted: dict[UUID, list[str]] = {}
        for event in events:
            wanted.setdefault(event.connection_id, []).append(event.listing_id)
        self._live = {
            (connection_id, listing_id): live
            for connection_id, ids in wanted.items()
            for listing_id, live in (await self._reader.listings(connection_id, ids)).items()
        }
        self._broken = await self._reader.photos(
            event.state.shared.photos[0].url for event in events if event.state and event.state.shared.photos
        )

    async def handle(self, session: AsyncSession, event: InventorySeeded, cause: Envelope) -> list[Sent]:
        """One verdict."""
        state, now = event.state, datetime.now(UTC)
        if state is None:
            return []
        live = self._live.get((event.connection_id, event.listing_id))
        compared = pairs(state, live) if live else []
        found = findings(state, compared, self._broken) if live else (gone(event.listing_id),)
        subject = await write_subject(session, event, state, base_text(state.item_id, compared), now)
        answer = SyncValidated(
            workspace_id=event.workspace_id,
            occurred_at=now,
            correlation_id=event.correlation_id,
            causation_id=UUID(cause.id),
            connection_id=event.connection_id,
            marketplace=event.marketplace,
            listing_id=event.listing_id,
            batch_id=event.batch_id,
            version=subject.verdict_version,
            sequence=event.sequence,
            item_id=state.item_id,
            item_version=state.item_version,
            fingerprint=state.fingerprint,
            verdict=verdict_of(found),
            findings=found,
            open_issues=event.open_issues,
        )
        await write_verdict(session, answer, state.shared.title)
        return [event_row(answer, cause)]


if __name__ == "__main__":
    reader = Reader(os.environ["BENCH_API_URL"], os.environ["BENCH_TOKEN"], os.environ["BENCH_CLIENT_ID"])
    validator = Validator(reader)
    run(Consumer("validator.validate-sync", InventorySeeded, validator.handle, validator.read))
