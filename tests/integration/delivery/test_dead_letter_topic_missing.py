"""The dead-letter topic is not there: the group waits in front of the record, and goes on once it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.broker import NewTopic
from support.group_watch import GroupWatch, Sent
from support.postgres import TestServer
from support.service_process import ServiceProcess, serving
from support.small_service import Fact, fact, migrated, record_headers, stored_numbers
from support.topic_records import any_record, records_of
from support.waiting import eventually, never

from truestock.chassis.deadletters import topic_of
from truestock.local.broker import Broker
from truestock.local.ports import free_port

# The embedded broker is no judge of how Apache Kafka refuses a topic that it does not have.
pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(150, func_only=True)]

POISON = b'{"about": "line", \xff\x00 no json'
BEFORE, AFTER, BESIDE = range(100, 105), range(105, 110), range(200, 220)
"""Numbers of the poison's partition, before and behind it, and of another partition."""
GOOD = [*BEFORE, *AFTER, *BESIDE]
IN_ORDER = {"line": [*BEFORE, *AFTER], "beside": [*BESIDE]}


@dataclass
class Waiting:
    """The small service as a process whose dead-letter topic nobody has made."""

    service: ServiceProcess
    watch: GroupWatch
    outgoing: str

    async def paused(self) -> bool:
        """Whether its metrics say so."""
        return await self._metric("truestock_consumer_paused") == 1.0

    async def lag_seconds(self) -> float:
        """The age of the oldest record at hand."""
        return await self._metric("truestock_consumer_lag_seconds")

    async def committed(self) -> bool:
        """Whether the group has committed everything that was sent."""
        assert await self.watch.look() == self.watch.sent.ends()
        return True

    async def _metric(self, name: str) -> float:
        return await self.service.metric(name, group=self.watch.group)


@pytest.fixture
async def waiting(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> AsyncIterator[Waiting]:
    """It has already handled what comes before the poison."""
    incoming, outgoing = await new_topic("unparked", partitions=2), await new_topic("passed")
    group = f"{incoming}.follow"
    async with migrated(postgres) as urls, Sent.by_a_stranger(broker.bootstrap, incoming) as sent:
        environment = {
            **urls.environment(),
            "TRUESTOCK_PORT": str(free_port()),
            "TRUESTOCK_KAFKA_BOOTSTRAP": broker.bootstrap,
            "TRUESTOCK_ISSUER_URL": "http://127.0.0.1:1",
            "TRUESTOCK_GROUP": group,
            "TRUESTOCK_INCOMING": incoming,
            "TRUESTOCK_OUTGOING": outgoing,
            "TRUESTOCK_CONSUMER_BACKOFF_CAP_S": "1",
        }
        async with (
            GroupWatch.of(broker.bootstrap, group, sent, lambda: stored_numbers(urls)) as watch,
            serving(environment, tmp_path / "service.log") as service,
        ):
            await service.ready()
            made = Waiting(service, watch, outgoing)
            await sent.facts(0, *(fact("line", number) for number in BEFORE))
            await eventually(made.committed)
            yield made


async def test_a_group_waits_for_its_dead_letter_topic_and_goes_on_by_itself(
    waiting: Waiting, broker: Broker, new_topic: NewTopic
) -> None:
    watch, sent = waiting.watch, waiting.watch.sent
    settled = sent.ends()
    headers = [*record_headers(fact("line", 0)), ("x-binary", b"\xff\xfe\x00"), ("x-binary", b"again")]
    poison = await sent.raw(0, POISON, b"line", headers)
    await sent.facts(0, *(fact("line", number) for number in AFTER))
    await sent.facts(1, *(fact("beside", number) for number in BESIDE))

    await eventually(waiting.paused, 40, message="no metric says that the group cannot go on")
    assert await waiting.lag_seconds() > 0

    async def seems_well_or_moves() -> bool:
        moved = (await watch.look())[0] != settled[0]
        return moved or not await waiting.paused()

    await never(seems_well_or_moves, 3.0, message="it goes past the record, or tells of no trouble")
    assert (await waiting.service.http.get("/livez")).status_code == 200

    async def others_went_on() -> bool:
        assert await left(broker, waiting.outgoing) == IN_ORDER
        return True

    await eventually(others_went_on, message="the other records are held up")

    await new_topic(exactly=topic_of(watch.group), partitions=1)

    await eventually(waiting.committed, 40, message="the group does not go on by itself")
    assert waiting.service.process.returncode is None, "it is still the same process"
    assert not await waiting.paused()
    [letter] = await records_of(broker.bootstrap, topic_of(watch.group), any_record, at_least=1)
    assert (letter.key, letter.value) == (b"line", POISON)
    assert list(letter.headers)[: len(headers)] == headers
    why = {name: value.decode() for name, value in letter.headers if name.startswith("dlq.")}
    assert (why["dlq.original-topic"], why["dlq.original-partition"]) == (sent.topic, "0")
    assert (why["dlq.original-offset"], why["dlq.consumer-group"]) == (str(poison), watch.group)
    assert await watch.stored() == GOOD
    assert await left(broker, waiting.outgoing) == IN_ORDER, "something left twice"


async def left(broker: Broker, outgoing: str) -> dict[str, list[int]]:
    """The numbers that left, by key, in their order; a record more than there should be shows up too."""
    found: dict[str, list[int]] = {}
    for record in await records_of(broker.bootstrap, outgoing, any_record, at_least=len(GOOD)):
        found.setdefault(record.key.decode(), []).append(Fact.model_validate_json(record.value).number)
    return found
