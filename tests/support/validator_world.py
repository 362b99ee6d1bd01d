"""The validator against real PostgreSQL, with a marketplace and photo hosts that are plain values."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from support.deliveries import delivery
from support.validator_values import NOW, WORKSPACE

from truestock.chassis.delivery import Delivery, Removal
from truestock.chassis.transaction import Database
from truestock.contracts.events import InventoryItem, InventorySeeded, SyncValidated
from truestock.contracts.listing import Evidence
from truestock.local.postgres import DatabaseUrls
from truestock.validator.domain.following import Key
from truestock.validator.domain.model import LiveRead, Unreadable
from truestock.validator.store import Reports, begin
from truestock.validator.usecases.ports import Target
from truestock.validator.usecases.revalidate_batch import RevalidateBatch
from truestock.validator.usecases.revalidate_changed import RevalidateChanged
from truestock.validator.usecases.validate_sync import ValidateSync


@dataclass
class Shop:
    """What the marketplace shows, by listing; counts how often each listing was read."""

    listings: dict[str, LiveRead] = field(default_factory=dict)
    unreachable: Unreadable | None = None
    reads: dict[str, int] = field(default_factory=dict)

    def show(self, *shown: Evidence) -> None:
        """Put these listings on the marketplace."""
        self.listings |= {one.listing_id: one for one in shown}

    async def __call__(self, targets: Sequence[Target]) -> Mapping[Key, LiveRead]:
        """Read live."""
        for target in targets:
            self.reads[target.key.listing_id] = self.reads.get(target.key.listing_id, 0) + 1
        if self.unreachable is not None:
            return {target.key: self.unreachable for target in targets}
        return {target.key: self.listings.get(target.key.listing_id) for target in targets}


@dataclass
class Hosts:
    """Photo hosts: everything answers but what is broken."""

    broken: set[str] = field(default_factory=set)

    async def __call__(self, urls: Iterable[str]) -> Mapping[str, bool]:
        """Ask."""
        return {url: url not in self.broken for url in urls}


class World:
    """The use cases on one database."""

    def __init__(self, database: Database, urls: DatabaseUrls, inspect: asyncpg.Connection) -> None:
        self.shop = Shop()
        self.hosts = Hosts()
        self.database = database
        self.urls = urls
        self.inspect = inspect
        self.begin = begin(database)
        self.reports = Reports(database)
        self.validate_sync = ValidateSync(self.begin, self.shop, self.hosts, self.now)
        self.revalidate_changed = RevalidateChanged(self.begin, self.shop, self.hosts, self.now)
        self.revalidate_batch = RevalidateBatch(self.begin, self.shop, self.hosts, self.now)

    @classmethod
    @asynccontextmanager
    async def open(cls, urls: DatabaseUrls, superuser_url: str) -> AsyncIterator["World"]:
        """Open and close its connections."""
        settings = urls.environment()
        database = Database(
            settings["TRUESTOCK_DATABASE_URL"],
            application_name="test",
            system_url=settings["TRUESTOCK_SYSTEM_DATABASE_URL"],
        )
        inspect = await asyncpg.connect(superuser_url)
        try:
            yield cls(database, urls, inspect)
        finally:
            await inspect.close()
            await database.close()

    def now(self) -> datetime:
        """A fixed instant."""
        return NOW

    async def seed(self, *events: InventorySeeded) -> None:
        """Deliver these events together."""
        await self.validate_sync([delivery(event) for event in events])

    async def change(self, *events: InventoryItem) -> None:
        """Deliver these events together."""
        await self.revalidate_changed([delivery(event) for event in events])

    async def hear(self, *news: Delivery[Any] | Removal) -> None:
        """Deliver records of the item topic together."""
        await self.revalidate_changed(news)

    async def announced(self) -> list[SyncValidated]:
        """Everything in the outbox, in order."""
        rows = await self.inspect.fetch("SELECT payload FROM outbox ORDER BY seq")
        return [SyncValidated.model_validate(orjson.loads(row["payload"])) for row in rows]

    async def verdicts(self) -> list[str]:
        """The verdicts that were announced, in order."""
        return [str(event.verdict) for event in await self.announced()]

    async def report(self, batch_id: UUID, workspace_id: UUID = WORKSPACE) -> list[Mapping[str, Any]]:
        """The findings of a batch, worst first."""
        return await self.reports.findings(workspace_id, batch_id=batch_id, most=1_000)
