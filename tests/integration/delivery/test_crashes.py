"""A process that dies between any two steps loses nothing and doubles nothing."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from support.broker import NewTopic
from support.crashing import soon_missed
from support.postgres import TestServer
from support.service_process import serving
from support.small_service import Fact, fact, follow, migrated, read_all, record_headers, stored_numbers

from truestock.chassis.deadletters import topic_of
from truestock.chassis.failpoints import CRASH_CODE
from truestock.chassis.kafka import create_producer
from truestock.local.broker import Broker
from truestock.local.ports import free_port
from truestock.local.postgres import DatabaseUrls

pytestmark = pytest.mark.kafka_only  # a death costs the embedded broker seconds to regroup

STEPS = (
    "{group}:after-read",
    "{group}:before-commit",
    "{group}:after-commit",
    "{group}:after-dead-letters",
    "{group}:after-offset-commit",
    "relay:before-publish",
    "relay:after-publish",
)
NUMBERS = range(100, 140)
POISON = b"no fact at all"
"""Comes in the middle of the numbers, so that there is a dead letter to lose too."""


async def _crash_and_recover(
    step: str, urls: DatabaseUrls, bootstrap: str, new_topic: NewTopic, folder: Path
) -> tuple[int, list[int], list[bytes]]:
    """Exit code of the first process; the numbers that left (first occurrences, in order); dead letters."""
    incoming, outgoing = await new_topic("crash"), await new_topic("crashed")
    group = f"{incoming}.follow"
    await new_topic(exactly=topic_of(group), partitions=1)
    environment = {
        **urls.environment(),
        "TRUESTOCK_KAFKA_BOOTSTRAP": bootstrap,
        "TRUESTOCK_ISSUER_URL": "http://127.0.0.1:1",
        "TRUESTOCK_GROUP": group,
        "TRUESTOCK_INCOMING": incoming,
        "TRUESTOCK_OUTGOING": outgoing,
        **soon_missed(),
    }
    producer = create_producer(bootstrap, client_id="test")
    await producer.start()
    for number in NUMBERS:
        if number == 120:
            await producer.send(incoming, POISON, b"crash")
        event = fact("crash", number, topic=incoming)
        await producer.send(
            incoming, event.model_dump_json().encode(), b"crash", headers=record_headers(event)
        )
    await producer.stop()
    failing = {"TRUESTOCK_PORT": str(free_port()), "TRUESTOCK_FAILPOINT": step.format(group=group)}
    async with serving({**environment, **failing}, folder / "crashing.log") as first:
        code = await first.exit_code()
    async with serving({**environment, "TRUESTOCK_PORT": str(free_port())}, folder / "recovering.log"):
        left: dict[int, None] = {}
        async for record in follow(bootstrap, outgoing, timeout_s=100):
            left[Fact.model_validate_json(record.value).number] = None
            if len(left) == len(NUMBERS):
                break
        letters = await read_all(bootstrap, topic_of(group), until=1)
    return code, list(left), [letter.value for letter in letters]


async def _problems(
    step: str, urls: DatabaseUrls, bootstrap: str, new_topic: NewTopic, folder: Path
) -> list[str]:
    """What went wrong around a crash at ``step``; nothing if all is well."""
    folder.mkdir()
    code, order, letters = await _crash_and_recover(step, urls, bootstrap, new_topic, folder)
    stored = await stored_numbers(urls)
    found = {
        f"exit code {code}": code != CRASH_CODE,
        f"lost {set(NUMBERS) - set(order)}": set(order) != set(NUMBERS),
        f"out of order: {order}": order != sorted(order),
        f"dead letters {letters}": letters != [POISON],
        f"stored {stored}": stored != list(NUMBERS),
    }
    return [f"{step}: {problem}" for problem, is_one in found.items() if is_one]


@pytest.mark.timeout(300)
async def test_nothing_is_lost_and_nothing_doubled_whatever_step_a_process_dies_at(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> None:
    """All steps at once: a killed member's group takes its session time-out to form again."""
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(migrated(postgres)) for _ in STEPS]
        problems = await asyncio.gather(
            *(
                _problems(step, urls, broker.bootstrap, new_topic, tmp_path / urls.name)
                for step, urls in zip(STEPS, databases, strict=True)
            )
        )
    assert [problem for several in problems for problem in several] == []
