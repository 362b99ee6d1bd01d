"""Inventory on real PostgreSQL: its store, its use cases, and what it put into the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from support.deliveries import delivery
from support.inventory_values import WORKSPACE

from truestock.chassis.auth.principal import Principal, Role
from truestock.chassis.transaction import Database
from truestock.contracts.events import Event, ListingImported
from truestock.inventory.api import Services
from truestock.inventory.domain.model import Item
from truestock.inventory.main import services
from truestock.inventory.store import Store
from truestock.inventory.usecases.apply_verdicts import ApplyVerdicts
from truestock.inventory.usecases.follow_connections import FollowConnections
from truestock.inventory.usecases.seed_listings import SeedListings


@dataclass
class Inventory:
    """The service without its processes; the outbox stands for the topics."""

    database: Database
    url: str
    do: Services
    seed: SeedListings
    follow: FollowConnections
    judge: ApplyVerdicts
    who: Principal
    _read: int = field(default=0)

    async def imports(self, *events: ListingImported) -> list[dict[str, Any]]:
        """Seed one batch and return the answers, in order."""
        await self.seed([delivery(event) for event in events])
        return [row for row in await self.published() if "outcome" in row]

    async def published(self) -> list[dict[str, Any]]:
        """What went into the outbox since the last look; a tombstone is {"tombstone": key}."""
        found = await self.rows(
            "SELECT seq, payload, partition_key FROM outbox WHERE seq > $1 ORDER BY seq", self._read
        )
        if found:
            self._read = found[-1]["seq"]
        return [
            orjson.loads(row["payload"]) if row["payload"] else {"tombstone": row["partition_key"]}
            for row in found
        ]

    async def rows(self, query: str, *values: Any) -> list[Any]:
        """Look past row-level security."""
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def items(self, workspace_id: UUID = WORKSPACE) -> list[Item]:
        """All active items."""
        return await self.do.reading.items(workspace_id)

    async def item(self, title: str) -> Item:
        """The one active item with this title."""
        (found,) = [item for item in await self.items() if item.fields.title == title]
        return found

    async def deliver(self, events: Sequence[Event]) -> None:
        """Connection events, one batch."""
        await self.follow([delivery(event) for event in events])

    @classmethod
    def on(cls, opened: Database, superuser_url: str) -> "Inventory":
        """The service on an open database."""
        store = Store(opened)
        return cls(
            opened,
            superuser_url,
            services(store),
            SeedListings(store.begin),
            FollowConnections(store.begin),
            ApplyVerdicts(store.begin),
            Principal("ada", "Ada Operator", frozenset({Role.ADMIN}), WORKSPACE),
        )
