"""InventorySeeded → live read → verdict by ORM, one event. Live reads are batched as ours are."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bench.handwritten.reading import Reader, seen
from bench.naive.loop import event_row, run
from bench.naive.tables import Sent, Verdict
from sqlalchemy.ext.asyncio import AsyncSession

from truestock.contracts.events import Check, Finding, FindingClass, InventorySeeded, SyncValidated
from truestock.contracts.events import Verdict as Outcome
from truestock.contracts.values import Severity


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

    async def handle(self, session: AsyncSession, event: InventorySeeded) -> list[Sent]:
        """One verdict."""
        state = event.state
        if state is None:
            return []
        findings = self._compare(event)
        outcome = Outcome.FAILED if findings else Outcome.PASSED
        key = (event.workspace_id, event.batch_id, event.connection_id, event.listing_id)
        row = await session.get(Verdict, key)
        if row is None:
            row = Verdict(
                workspace_id=event.workspace_id,
                batch_id=event.batch_id,
                connection_id=event.connection_id,
                listing_id=event.listing_id,
                version=0,
                marketplace=event.marketplace.value,
                item_id=state.item_id,
            )
            session.add(row)
        row.version += 1
        row.sequence, row.title, row.verdict = event.sequence, state.shared.title, outcome.value
        row.item_version, row.fingerprint = state.item_version, state.fingerprint
        row.findings = len(findings)
        answer = SyncValidated(
            workspace_id=event.workspace_id,
            occurred_at=datetime.now(UTC),
            correlation_id=event.correlation_id,
            connection_id=event.connection_id,
            marketplace=event.marketplace,
            listing_id=event.listing_id,
            batch_id=event.batch_id,
            version=row.version,
            sequence=event.sequence,
            item_id=state.item_id,
            item_version=state.item_version,
            fingerprint=state.fingerprint,
            verdict=outcome,
            findings=findings,
        )
        return [event_row(answer.TOPIC, answer.ce_type(), answer.key(), answer.model_dump_json().encode())]

    def _compare(self, event: InventorySeeded) -> tuple[Finding, ...]:
        live, state = self._live.get((event.connection_id, event.listing_id)), event.state
        if live is None or state is None:
            return (_finding(Check.LISTING_LINKAGE),)
        title, photos, variants = seen(live)
        ours = [photo.url for photo in sorted(state.shared.photos, key=lambda photo: photo.rank)]
        found = [Check.TITLE_MATCH] if title != state.shared.title else []
        found += [Check.PHOTOS_MATCH] if photos != ours or (ours and ours[0] in self._broken) else []
        for variant in state.variants:
            quantity, price = variants.get(variant.sku or "", (None, None))
            found += [Check.STOCK_QUANTITY] if quantity != variant.available else []
            found += [Check.PRICE_INTENT] if variant.price is None or price != variant.price.amount else []
        return tuple(map(_finding, found))


def _finding(check: Check) -> Finding:
    return Finding(
        check=check,
        finding_class=FindingClass.DRIFT,
        severity=Severity.WARNING,
        subject=check.value,
        fix="Look at the item.",
    )


if __name__ == "__main__":
    reader = Reader(os.environ["BENCH_API_URL"], os.environ["BENCH_TOKEN"], os.environ["BENCH_CLIENT_ID"])
    validator = Validator(reader)
    run("validator.validate-sync", InventorySeeded.TOPIC, InventorySeeded, validator.handle, validator.read)
