"""The verdicts of one mode, as they come, and what is in its topics and databases."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from bench.checking import VerdictSeen
from bench.world import World, prefix

from truestock.contracts.topics import INVENTORY_SEEDED, ITEM, SYNC_VALIDATED

_LOOK_S = 2.0
_QUIET_MS = 3_000
"""Nothing is on its way any more when the topics are counted; a broker that is asked answers sooner."""
CONSUMERS = {
    "inventory": ("inventory.seed-from-listing", "inventory.apply-verdicts"),
    "validator": ("validator.validate-sync",),
}
"""Everything that an import leads to. A baseline that writes the core rows only has the first of each."""
FOLLOWER = "validator.revalidate-changed"
"""Ours reads each item event too; first versions leave no trace in its inbox, only its offsets tell."""
TABLES = {
    "inventory": ("items", "variants", "outbox"),
    "validator": ("verdicts", "outbox"),
}
MORE_TABLES = {
    "inventory": ("claims", "movements", "channel_listings", "seedings"),
    "validator": ("findings", "subjects"),
}
"""What a mode that writes all rows has as well."""


class Verdicts:
    """Follows the mode's verdict topic from its end on."""

    def __init__(self, world: World, mode: str) -> None:
        self._world = world
        self._topic = prefix(mode) + SYNC_VALIDATED.name
        self.seen: list[VerdictSeen] = []
        self.at_ms: dict[str, int] = {}
        """When the verdict on a key was published."""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """From now on."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._world.broker.bootstrap, fetch_max_wait_ms=50, enable_auto_commit=False
        )
        await self._consumer.start()
        partitions = range(self._world.parameters.partitions)
        self._consumer.assign([TopicPartition(self._topic, partition) for partition in partitions])
        await self._consumer.seek_to_beginning()
        self._task = asyncio.create_task(self._follow())

    async def count(self, total: int, seconds: float, require_running: Callable[[], None]) -> None:
        """Wait until so many were seen in all; raises TimeoutError, or what ``require_running`` raises."""
        async with asyncio.timeout(seconds):
            while len(self.seen) < total:
                require_running()
                self._changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await self._changed.wait()

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._consumer.stop()

    async def _follow(self) -> None:
        while True:
            found = await self._consumer.getmany(timeout_ms=1_000)
            for records in found.values():
                for record in records:
                    body = orjson.loads(record.value)
                    key = f"{body['connection_id']}:{body['listing_id']}"
                    self.seen.append(VerdictSeen(key, body["version"], body["verdict"]))
                    self.at_ms.setdefault(key, record.timestamp)
            if found:
                self._changed.set()


class Database:
    """A mode's rows, counted as the superuser."""

    def __init__(self, world: World, mode: str) -> None:
        self._world, self._mode = world, mode
        self._connections: dict[str, asyncpg.Connection[asyncpg.Record]] = {}

    async def start(self) -> None:
        """Connect to both databases."""
        for service in CONSUMERS:
            url = self._world.superuser_url(self._mode, service)
            self._connections[service] = await asyncpg.connect(url)

    async def stop(self) -> None:
        """Disconnect."""
        for connection in self._connections.values():
            await connection.close()

    async def handled(self) -> dict[str, int]:
        """How many events each consumer has in its inbox, or behind it."""
        counted = {}
        for service, consumers in CONSUMERS.items():
            query = "SELECT count(*) FROM inbox WHERE consumer = $1"
            for consumer in consumers if self._world.parameters.all_rows(self._mode) else consumers[:1]:
                counted[consumer] = await self._connections[service].fetchval(query, consumer)
        return counted | ({FOLLOWER: await _read_by(self._world, FOLLOWER)} if self._mode == "ours" else {})

    async def rows(self) -> dict[str, int]:
        """Rows by table."""
        found: dict[str, int] = {}
        for service, tables in TABLES.items():
            more = MORE_TABLES[service] if self._world.parameters.all_rows(self._mode) else ()
            for table in tables + more:
                name = table if table != "outbox" else f"{service} outbox"
                found[name] = await self._connections[service].fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608  # names of this file
        if "channel_listings" in found:
            found["pushes allowed"] = await self._connections["inventory"].fetchval(
                "SELECT count(*) FROM channel_listings WHERE push_allowed AND verdict_version = 1"
            )
        return found

    async def unpublished(self) -> int:
        """Rows in the outboxes."""
        query = "SELECT count(*) FROM outbox"
        return sum([await one.fetchval(query) for one in self._connections.values()])

    async def versions(self) -> dict[int, int]:
        """Items by version."""
        query = "SELECT version, count(*) FROM items GROUP BY version"
        return {row[0]: row[1] for row in await self._connections["inventory"].fetch(query)}


async def _read_by(world: World, group: str) -> int:
    """Records of the item topic that a group has committed."""
    places = [TopicPartition(ITEM.name, n) for n in range(world.parameters.partitions)]
    admin = AIOKafkaAdminClient(bootstrap_servers=world.broker.bootstrap)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(group, partitions=places)
    finally:
        await admin.close()
    return sum(max(0, at.offset) for at in offsets.values())


async def published(world: World, mode: str) -> dict[str, int]:
    """Records in the topics that the pipeline writes, counted by reading them from their beginning."""
    topics = [prefix(mode) + topic.name for topic in (INVENTORY_SEEDED, ITEM, SYNC_VALIDATED)]
    counted = dict.fromkeys(topics, 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=world.broker.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(topic, n) for topic in topics for n in range(world.parameters.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning()
        while found := await consumer.getmany(timeout_ms=_QUIET_MS):
            for place, records in found.items():
                counted[place.topic] += len(records)
    finally:
        await consumer.stop()
    return {f"records of {topic}": count for topic, count in counted.items()}
