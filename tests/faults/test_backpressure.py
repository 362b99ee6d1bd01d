"""A database or a marketplace slower than what comes in: memory stays bounded, and the lag is told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.broker import NewTopic
from support.fault_plan import PLAN
from support.journey import Business, catalogue, product
from support.pipeline import settled
from support.postgres import TestServer
from support.row_lock import RowLock
from support.shared_group import PARTITIONS, SharedGroup, key_of, shared_group
from support.small_service import fact, record_headers, stored_numbers
from support.waiting import eventually, never

from truestock.local.broker import Broker
from truestock.local.units import Unit

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(300 + PLAN.backlog / 50, func_only=True)]

PADDING = "x" * 20_000
BOUND_BYTES = 120 * 1024 * 1024
"""What a process may grow by: the fetched and decoded part of each partition, not the backlog."""
NUMBERS = range(100, 100 + PLAN.backlog)
WATCHED_S = 8.0
LISTINGS = 300
SAMPLE = 4
PAGE_AFTER_S = 0.5
"""So slow is what the importer reads."""
ANSWER_AFTER_S = 8
"""So slow is what the validator compares with."""
SLOW_BOUND_BYTES = 100 * 1024 * 1024
"""What importer and validator may grow by while the marketplace is slow."""
VALIDATING = "validator.validate-sync"


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
        behind = await slow.service.metric("truestock_consumer_lag_records", group=slow.group)
        assert behind >= len(NUMBERS) * 3 / 4, "what waits behind the records at hand is not counted"
        later_s = await slow.service.metric("truestock_consumer_lag_seconds", group=slow.group)
        assert later_s >= lag_s + WATCHED_S / 2
        await lock.release()

        async def worked_off() -> bool:
            assert not await outgrown()
            assert await slow.service.metric("truestock_consumer_lag_seconds", group=slow.group) == 0
            assert await slow.service.metric("truestock_consumer_lag_records", group=slow.group) == 0
            return len(await stored_numbers(shared.urls)) == len(NUMBERS)

        await eventually(worked_off, 120 + PLAN.backlog / 50, message="the backlog is not worked off")


async def test_a_slow_marketplace_bounds_memory_and_the_lag_rises_and_falls_to_zero(
    business: Business,
) -> None:
    validator, importer = business.stack["validator"], business.stack["importer"]
    seller = await business.seller(
        catalogue(
            *(product(f"slow-{n}", ("", f"slow-{n}", n, "10.00"), body=PADDING) for n in range(LISTINGS))
        )
    )
    connection = await business.connect(seller)
    await business.approve(await business.import_(connection, "sample", size=SAMPLE))
    before = {
        unit.name: await metric(unit, "process_resident_memory_bytes") for unit in (validator, importer)
    }
    await seller.fault("slow", times=None, seconds=PAGE_AFTER_S, path="/shops/")
    await seller.fault("slow", times=None, seconds=ANSWER_AFTER_S, path="/listings/batch")
    bulk = await business.operator.importer.start(connection.connection_id, "bulk")

    peak = 0.0

    async def look() -> None:
        nonlocal peak
        for unit in (validator, importer):
            now = await metric(unit, "process_resident_memory_bytes")
            peak = max(peak, now - before[unit.name])

    async def waits() -> bool:
        await look()
        behind = await metric(validator, "truestock_consumer_lag_records", VALIDATING)
        lag_s = await metric(validator, "truestock_consumer_lag_seconds", VALIDATING)
        return behind > LISTINGS / 2 and lag_s > ANSWER_AFTER_S / 2

    await eventually(waits, 120, message="no lag although the marketplace is slow")
    await seller.heal()
    await settled(business, bulk, 120)

    async def worked_off() -> bool:
        await look()
        names = ("truestock_consumer_lag_seconds", "truestock_consumer_lag_records")
        assert [await metric(unit, name) for unit in (validator, importer) for name in names] == [0] * 4
        return True

    await eventually(worked_off, 30, message="the lag does not fall to zero")
    assert peak < SLOW_BOUND_BYTES, f"grown by {peak / 1024 / 1024:.0f} MiB"


async def metric(unit: Unit, name: str, group: str | None = None) -> float:
    """The largest present value of a metric of a service, of one group or of all."""
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        text = (await http.get(f"{unit.url}/metrics")).text
    return max(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and group in (None, sample.labels.get("group"))
    )


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
