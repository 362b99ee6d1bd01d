"""Every service is killed again and again while a catalogue goes through: each listing once, in order."""

from collections.abc import AsyncIterator

import httpx
import pytest
from support.broker import broker_mode
from support.fault_plan import PLAN
from support.history import problems
from support.history_reading import read_history, sent_by
from support.journey import Business
from support.pipeline import rows, shop
from support.progress import is_through
from support.storm import Storm
from support.waiting import eventually

from truestock.client.models.importer import Batch
from truestock.local.options import Generated, StackOptions
from truestock.local.postgres import SERVICES
from truestock.local.stack import Stack

LIMIT_S = 2 * PLAN.storm_s + PLAN.settle_s + 240
pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(LIMIT_S, func_only=True)]

SAMPLE = 8
KILLS = 3
"""At least so often each service dies."""


@pytest.fixture
async def battered() -> AsyncIterator[Stack]:
    """A stack of this test alone: small batches, deaths noticed soon."""
    options = StackOptions(
        kind="test-storm",
        mode=broker_mode(),
        generated=Generated(listings=2, seed=7),
        sandbox_arguments=("--accounts", "1", "--rate-limit", "500"),
        environment={
            "TRUESTOCK_CONSUMER_SESSION_TIMEOUT_S": "3",
            "TRUESTOCK_CONSUMER_MAX_RECORDS": "25",
            "TRUESTOCK_OUTBOX_SWEEP_S": "0.3",
            "TRUESTOCK_OUTBOX_BATCH_ROWS": "50",
            "TRUESTOCK_READER_LEASE_S": "2",
            "TRUESTOCK_READER_POLL_S": "0.3",
            "TRUESTOCK_TRACE_RATIO": "0.01",
        },
    )
    async with Stack(options) as started:
        yield started


async def test_a_kill_storm_loses_nothing_doubles_nothing_and_keeps_the_order_per_key(
    battered: Stack, http: httpx.AsyncClient
) -> None:
    business = await Business.open(battered, http)
    seller = await business.seller(shop("storm", PLAN.listings))
    connection = await business.connect(seller)
    sent = await sent_by(connection, seller)
    assert len(sent) == PLAN.listings
    sample = await business.import_(connection, "sample", size=SAMPLE)
    vouched_for = {f"{connection.connection_id}:{row.listing_id}" for row in await rows(business, sample)}
    await business.approve(sample)
    bulk = await business.operator.importer.start(connection.connection_id, "bulk")

    async with Storm.on(battered) as storm:
        await until_through_or_late(battered, bulk)
        await eventually(
            lambda: all(storm.kills[service] >= KILLS for service in SERVICES),
            PLAN.storm_s,
            message="there is no storm",
        )
    await eventually(lambda: is_through(battered, bulk), PLAN.settle_s, message="the batch does not end")
    found = problems(await read_history(battered, sent, vouched_for))
    assert not found, "\n".join([f"{len(found)} problems:", *found[:30]])


async def until_through_or_late(stack: Stack, batch: Batch) -> None:
    """Wait for the batch's end, but not for ever."""
    try:
        await eventually(lambda: is_through(stack, batch), PLAN.storm_s)
    except AssertionError:
        return  # the storm kept it from ending: from now on nothing does
