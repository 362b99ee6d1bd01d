"""A consumer group of the small service with several members, in this process or in others, and its watch."""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.broker import NewTopic
from support.group_watch import GroupWatch, Sent
from support.postgres import TestServer
from support.relaying import left
from support.service_process import ServiceProcess, serving
from support.small_service import (
    Fact,
    SmallService,
    fact,
    migrated,
    settings,
    small_service,
    stored_numbers,
)
from support.topic_records import any_record, left_by_key, records_of
from support.waiting import eventually

from truestock.chassis.deadletters import topic_of
from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.ports import free_port
from truestock.local.postgres import DatabaseUrls

PARTITIONS = range(4)
SESSION_S = 3.0


@dataclass
class Member:
    """A process of the group that can be frozen."""

    service: ServiceProcess
    log: Path
    group: str

    @property
    def pid(self) -> int:
        """Its process."""
        return self.service.process.pid

    async def froze(self) -> None:
        """Wait until it has stopped itself."""
        stat = Path(f"/proc/{self.pid}/stat")
        await eventually(
            lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", 60, message="it does not stop"
        )

    def thaw(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    async def consumed(self) -> int:
        """How many records were delivered to it."""
        return await self._count(
            "messaging_client_consumed_messages_total", messaging_consumer_group_name=self.group
        )

    async def assigned(self) -> int:
        """How many partitions it has."""
        return await self._count("truestock_consumer_assigned_partitions", group=self.group)

    async def _count(self, metric: str, **labels: str) -> int:
        try:
            return int(await self.service.metric(metric, **labels))
        except ValueError:
            return 0  # it appears with its first value


@dataclass
class SharedGroup:
    """A topic, the group that reads it, the database and the topic that it writes to."""

    urls: DatabaseUrls
    bootstrap: str
    outgoing: str
    watch: GroupWatch
    folder: Path

    @property
    def sent(self) -> Sent:
        """What was sent."""
        return self.watch.sent

    async def send(self, numbers: Iterable[int]) -> None:
        """These numbers, dealt out to the partitions; the key is the partition's."""
        for number in numbers:
            partition = number % len(PARTITIONS)
            await self.sent.facts(partition, fact(key_of(number), number))

    @asynccontextmanager
    async def member(self, **more: Any) -> AsyncIterator[SmallService]:
        """One more member in this process."""
        values = {"consumer_session_timeout_s": SESSION_S, "consumer_handler_timeout_s": 60.0, **more}
        config = settings(self.urls, self.bootstrap, **values)
        opened = Database(
            config.database_url.get_secret_value(),
            application_name="member",
            system_url=config.system_database_url.get_secret_value(),
        )
        try:
            async with small_service(
                opened, config, group=self.watch.group, incoming=self.sent.topic, outgoing=self.outgoing
            ) as parts:
                parts.follower.transient.clear()
                yield parts
        finally:
            await opened.close()

    @asynccontextmanager
    async def process(self, name: str, **variables: str) -> AsyncIterator[Member]:
        """One more member as a process; a failpoint freezes it. ``variables`` without their prefix."""
        environment = {
            **self.urls.environment(),
            "TRUESTOCK_PORT": str(free_port()),
            "TRUESTOCK_KAFKA_BOOTSTRAP": self.bootstrap,
            "TRUESTOCK_ISSUER_URL": "http://127.0.0.1:1",
            "TRUESTOCK_GROUP": self.watch.group,
            "TRUESTOCK_INCOMING": self.sent.topic,
            "TRUESTOCK_OUTGOING": self.outgoing,
            "TRUESTOCK_CONSUMER_SESSION_TIMEOUT_S": str(SESSION_S),
            "TRUESTOCK_OUTBOX_SWEEP_S": "0.3",
            **{f"TRUESTOCK_{variable}": value for variable, value in variables.items()},
        }
        log = self.folder / f"{name}.log"
        async with serving(environment, log, module="support.freezing_service_main") as service:
            try:
                yield Member(service, log, self.watch.group)
            finally:
                if service.process.returncode is None:
                    os.kill(service.process.pid, signal.SIGCONT)  # whoever is frozen hears no SIGTERM

    async def progressed(self) -> bool:
        """Whether some offset was committed."""
        return any((await self.watch.look()).values())

    async def all_done(self, *numbers: int, within_s: float = 120) -> None:
        """Every offset is committed, every fact is stored once, and each has left, in order.

        A relay that lost its connection may have published a fact again, byte for byte.
        """

        async def committed() -> bool:
            found, unsent = await self.watch.look(), await left(self.urls)
            assert (found, unsent) == (self.sent.ends(), 0), f"at {found}, {unsent} rows in the outbox"
            return True

        await eventually(committed, within_s, message="the group does not come to its end")
        assert await stored_numbers(self.urls) == sorted(numbers)
        told = await left_by_key(self.bootstrap, self.outgoing, any_record, keys=len(PARTITIONS))
        assert {key: [event["number"] for event in one.events] for key, one in told.items()} == {
            key_of(partition): sorted(n for n in numbers if key_of(n) == key_of(partition))
            for partition in PARTITIONS
        }

    async def published_once(self) -> None:
        """No fact has left twice."""
        records = await records_of(self.bootstrap, self.outgoing, any_record, at_least=1)
        counted = Counter(Fact.model_validate_json(record.value).number for record in records)
        assert {number: count for number, count in counted.items() if count > 1} == {}


def key_of(number: int) -> str:
    """What a number is about: the key of its partition."""
    return f"k{number % len(PARTITIONS)}"


@asynccontextmanager
async def shared_group(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, folder: Path
) -> AsyncIterator[SharedGroup]:
    """A group without members, and topics without records."""
    incoming, outgoing = await new_topic("shared", partitions=len(PARTITIONS)), await new_topic("done")
    group = f"{incoming}.follow"
    await new_topic(exactly=topic_of(group), partitions=1)
    async with (
        migrated(postgres) as urls,
        Sent.by_a_stranger(broker.bootstrap, incoming) as sent,
        GroupWatch.of(broker.bootstrap, group, sent, lambda: stored_numbers(urls)) as watch,
    ):
        yield SharedGroup(urls, broker.bootstrap, outgoing, watch, folder)
