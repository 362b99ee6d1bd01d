"""A database that is slower than what comes in: memory stays bounded, and the lag is told in seconds."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.broker import NewTopic
from support.fault_plan import PLAN
from support.postgres import TestServer
from support.row_lock import RowLock
from support.shared_group import PARTITIONS, SharedGroup, key_of, shared_group
from support.small_service import fact, record_headers, stored_numbers
from support.waiting import eventually, never

from truestock.local.broker import Broker

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(300 + PLAN.backlog / 50, func_only=True)]

PADDING = "x" * 20_000
BOUND_BYTES = 120 * 1024 * 1024
"""What a process may grow by: the fetched and decoded part of each partition, not the backlog."""
NUMBERS = range(100, 100 + PLAN.backlog)
WATCHED_S = 8.0


@pytest.fixture
async def shared(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> AsyncIterator[SharedGroup]:
    """A group without members and an empty topic."""
    async with shared_group(postgres, broker, new_topic, tmp_path) as made:
        yield made


async def test_a_slow_database_bounds_memory_and_the_lag_is_told_in_seconds(shared: SharedGroup) -> None:
    assert len(NUMBERS) * len(PADDING) > 1.5 * BOUND_BYTES, "the backlog would fit"
    async with (
        RowLock.on(shared.urls, key_of(NUMBERS[0]), NUMBERS[0]) as lock,
        shared.process("slow") as slow,
    ):
        await slow.service.ready()
        before = await slow.service.metric("process_resident_memory_bytes")
        await send_backlog(shared)
        await eventually(lock.is_waited_for, 60, message="no batch comes to the locked row")
        lag_s = await slow.service.metric("truestock_consumer_lag_seconds", group=slow.group)

        async def outgrown() -> bool:
            return await slow.service.metric("process_resident_memory_bytes") > before + BOUND_BYTES

        await never(outgrown, WATCHED_S, message="the backlog comes into memory")
        later_s = await slow.service.metric("truestock_consumer_lag_seconds", group=slow.group)
        assert later_s >= lag_s + WATCHED_S / 2
        await lock.release()

        async def worked_off() -> bool:
            assert not await outgrown()
            assert await slow.service.metric("truestock_consumer_lag_seconds", group=slow.group) == 0
            return len(await stored_numbers(shared.urls)) == len(NUMBERS)

        await eventually(worked_off, 120 + PLAN.backlog / 50, message="the backlog is not worked off")


async def send_backlog(shared: SharedGroup) -> None:
    """All numbers, large."""
    sending: list[asyncio.Future[object]] = []
    for number in NUMBERS:
        event = fact(key_of(number), number, padding=PADDING)
        sending.append(
            await shared.sent.producer.send(
                shared.sent.topic,
                event.model_dump_json().encode(),
                event.key().encode(),
                number % len(PARTITIONS),
                headers=record_headers(event),
            )
        )
    await asyncio.gather(*sending)
