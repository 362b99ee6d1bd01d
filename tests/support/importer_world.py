"""The importer's use cases on a real database, with a catalogue in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from support.deliveries import delivery
from support.importer_values import (
    T0,
    FakeCatalogue,
    FakeMappings,
    SteppingClock,
    listing,
    seeded,
    validated,
)

from truestock.chassis.transaction import Database
from truestock.contracts.events import (
    BatchKind,
    ConnectionConfirmed,
    Event,
    ListingImported,
    OpenIssue,
    Verdict,
)
from truestock.contracts.listing import Account
from truestock.contracts.problem import not_found
from truestock.contracts.registry import BY_TYPE, decode
from truestock.contracts.values import Marketplace
from truestock.importer.domain.actor import Actor
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.rows import Row
from truestock.importer.store import Store, WorkQueue
from truestock.importer.usecases.decide_batch import DecideBatch
from truestock.importer.usecases.decide_listing import DecideListing
from truestock.importer.usecases.follow_connections import FollowConnections
from truestock.importer.usecases.judge_gate import JudgeGate
from truestock.importer.usecases.look import BatchView, Look, Report
from truestock.importer.usecases.reading import ReadBatch, Worker
from truestock.importer.usecases.settle import Settle
from truestock.importer.usecases.start_batch import StartBatch
from truestock.importer.usecases.track import TrackDeadLetters, TrackOutcomes, TrackVerdicts
from truestock.importer.usecases.undo_batch import UndoBatch
from truestock.importer.usecases.values import UndoResult


@dataclass
class FakeInventory:
    """Inventory's part of an undo."""

    performed: list[UUID] = field(default_factory=list)

    async def preview(self, workspace_id: UUID, connection_id: UUID, batch_id: UUID) -> UndoResult:
        return UndoResult(("item-1",), ("item-2",), {})

    async def perform(
        self, workspace_id: UUID, connection_id: UUID, batch_id: UUID, by: str, reason: str
    ) -> UndoResult:
        self.performed.append(batch_id)
        return UndoResult(("item-1",), ("item-2",), {})


@dataclass
class FakeAccess:
    """The connector's word on connections."""

    known: dict[UUID, str] = field(default_factory=dict)

    async def ask(self, workspace_id: UUID, connection_id: UUID) -> tuple[Marketplace, str]:
        if connection_id not in self.known:
            raise not_found("connection", connection_id)
        return Marketplace.ETSY, self.known[connection_id]


class World:
    """Everything of one importer; ``workspace_id`` and ``connection_id`` are those that tests use."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.workspace_id, self.connection_id = uuid4(), uuid4()
        self.now = SteppingClock()
        self.catalogue = FakeCatalogue([listing(str(n), skus=(f"S-{n}",)) for n in range(1, 6)])
        self.mappings, self.inventory, self.access = FakeMappings(), FakeInventory(), FakeAccess()
        self.photo_problems: dict[str, str] = {}
        self.begin, self.queue = Store(database).begin, WorkQueue(database)
        self.settle = Settle(self.begin, self.now)
        gate = JudgeGate(self.mappings)
        self.read_batch = ReadBatch(self.begin, self._open, self._check_photos, self.now)
        self.worker = Worker(self.queue, self.read_batch, owner="test")
        self.start = StartBatch(self.begin, self.access, self.mappings, gate, self.now, self.worker.nudge)
        self.decide = DecideBatch(self.begin, self.now, self.worker.nudge)
        self.decide_listing = DecideListing(self.begin, self.now, self.worker.nudge)
        self.undo = UndoBatch(self.begin, self.inventory, self.now)
        self.look = Look(self.begin, gate)
        self.follow = FollowConnections(self.begin, self.now, self.worker.nudge)
        self.outcomes = TrackOutcomes(self.begin, self.settle, self.now)
        self.verdicts = TrackVerdicts(self.begin, self.settle, self.now)
        self.letters = TrackDeadLetters(self.begin, self.queue, self.settle, self.now)
        self._published = 0

    @property
    def actor(self) -> Actor:
        return Actor(self.workspace_id, "user-1", "Ada", admin=True)

    def account(self) -> Account:
        return Account(marketplace=Marketplace.ETSY, id="shop-1", name="Ada's shop")

    async def connect(self, version: int = 1) -> None:
        event = ConnectionConfirmed(
            **self.connection_fields(version),
            granted_scopes=(),
            currency="EUR",
            settings_hash="h",
            confirmed_by="Ada",
        )
        await self.follow([delivery(event)])

    def connection_fields(self, version: int) -> dict[str, Any]:
        return {
            "workspace_id": self.workspace_id,
            "occurred_at": T0,
            "correlation_id": uuid4(),
            "connection_id": self.connection_id,
            "account": self.account(),
            "version": version,
        }

    async def begin_batch(
        self, kind: BatchKind = BatchKind.SAMPLE, *, size: int = 3, seed: int = 1, exclude: Sequence[str] = ()
    ) -> UUID:
        return await self.start(self.actor, self.connection_id, kind, size=size, seed=seed, exclude=exclude)

    async def view(self, batch_id: UUID) -> BatchView:
        return await self.look.batch(self.workspace_id, batch_id)

    async def batch(self, batch_id: UUID) -> Batch:
        return (await self.view(batch_id)).batch

    async def report(self, batch_id: UUID) -> Report:
        return await self.look.report(self.workspace_id, batch_id)

    async def rows(self, batch_id: UUID) -> dict[str, Row]:
        return {row.listing_id: row for row in (await self.report(batch_id)).rows}

    async def published(self) -> list[Event]:
        """What went out since the last look, oldest first."""
        query = text("SELECT seq, type, payload FROM outbox WHERE seq > :seen ORDER BY seq")
        async with self.database.begin_system() as connection:
            rows = (await connection.execute(query, {"seen": self._published})).all()
        self._published = rows[-1].seq if rows else self._published
        return [decode(BY_TYPE[row.type], row.payload) for row in rows]

    async def imported(self) -> list[ListingImported]:
        return [event for event in await self.published() if isinstance(event, ListingImported)]

    async def answer(
        self,
        imported: Sequence[ListingImported],
        verdict: Verdict = Verdict.PASSED,
        issues: tuple[OpenIssue, ...] = (),
    ) -> None:
        """Inventory and validator answer all of them alike."""
        await self.outcomes([delivery(seeded(event)) for event in imported])
        await self.verdicts([delivery(validated(event, verdict, issues=issues)) for event in imported])

    async def approved_sample(self) -> UUID:
        """A sample from start to approval."""
        batch_id = await self.begin_batch()
        await self.worker.turn()
        await self.answer(await self.imported())
        await self.decide.approve(self.actor, batch_id, (await self.batch(batch_id)).revision, None)
        await self.published()
        return batch_id

    async def run_sql(self, statement: str, **values: Any) -> None:
        """As the application's role, in the test's workspace."""
        async with self.database.begin([self.workspace_id]) as tx:
            await tx.connection.execute(text(statement), values)

    async def audited(self) -> list[tuple[str, str | None]]:
        async with self.database.begin([self.workspace_id]) as tx:
            found = await tx.connection.execute(text("SELECT action, reason FROM audit ORDER BY audit_id"))
            return [(row.action, row.reason) for row in found]

    async def _open(self, batch: Batch) -> FakeCatalogue:
        return await self.catalogue(batch)

    async def _check_photos(self, urls: Sequence[str]) -> dict[str, str]:
        return {url: self.photo_problems[url] for url in urls if url in self.photo_problems}
