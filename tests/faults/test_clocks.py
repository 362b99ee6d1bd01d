"""The clocks of running processes jump by an hour, forward and back, in the middle of an import."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import httpx
import pytest
from support.clocked import DATABASE, ISSUER, PROCESSES, Clocked
from support.history import problems
from support.history_reading import read_history, sent_by
from support.journey import Business, Seller
from support.pipeline import rows, shop
from support.probes import somebody_is_dead
from support.progress import closed_rows, is_taken_up, is_through
from support.waiting import eventually, never

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.local.postgres import SERVICES

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(300, func_only=True)]

LISTINGS = 600
FEWER = 300
SAMPLE = 4
PAGE = 100
HOUR_S = 3600
THROUGH_WITHIN_S = 120
STANDS_S = 8.0
JUMPS = (
    {"importer": HOUR_S, "inventory": -HOUR_S, "validator": HOUR_S},
    {"importer": -HOUR_S, "inventory": HOUR_S, "validator": -HOUR_S},
)
"""Not the connector and not the issuer: a token is good for minutes, and an hour's difference refuses it."""


@dataclass(frozen=True)
class Import:
    """A bulk of one seller."""

    clocked: Clocked
    business: Business
    seller: Seller
    connection: Connection
    batch: Batch
    listings: int
    pause_s: float

    @classmethod
    async def begin(
        cls, clocked: Clocked, http: httpx.AsyncClient, listings: int, pause_s: float
    ) -> "Import":
        """Each of its pages comes a while after the last: after one of them it is far from its end."""
        business = await Business.open(clocked.stack, http)
        seller = await business.seller(shop("clock", listings))
        connection = await business.connect(seller)
        sample = await business.import_(connection, "sample", size=SAMPLE)
        clocked.vouched_for |= {
            f"{connection.connection_id}:{row.listing_id}" for row in await rows(business, sample)
        }
        await business.approve(sample)
        clocked.sent |= await sent_by(connection, seller)
        await seller.fault("slow", times=None, seconds=pause_s, path="/shops/")
        batch = await business.operator.importer.start(connection.connection_id, "bulk")
        return cls(clocked, business, seller, connection, batch, listings, pause_s)

    async def has_closed(self, more_than: int) -> None:
        """Wait until more than so many of its rows have come to their end; it goes on after that."""

        async def has_gone_on() -> bool:
            return await self._closed() > more_than

        await eventually(has_gone_on, 60, message="the import does not go on")
        assert await self._closed() < self.listings, "the import is over before the clocks jump"

    async def stands(self) -> None:
        """It does not get to its end, although nothing slows it down, and nobody dies of it."""
        await self.seller.heal()

        async def over() -> bool:
            return not await self._reads() or await somebody_is_dead(self.clocked.stack)

        await never(over, STANDS_S, message="nobody minds the wrong clock, or somebody dies of it")

    async def fails_a_turn(self) -> None:
        """The marketplace fails until the batch is given back, and it is taken up again a while later."""
        await self.seller.heal()
        await self.seller.fault("server_error", times=None, path="/shops/")

        async def given_back() -> bool:
            return not await is_taken_up(self.clocked.stack, self.batch)

        await eventually(given_back, message="no turn fails")
        await self.seller.heal()
        await self.seller.fault("slow", times=None, seconds=self.pause_s, path="/shops/")
        await eventually(
            partial(is_taken_up, self.clocked.stack, self.batch), message="it is not taken up again"
        )

    async def ends_well(self) -> None:
        """It ends in time, and the whole history of the stack is in order."""
        stack = self.clocked.stack
        await self.seller.heal()
        await eventually(
            lambda: is_through(stack, self.batch), THROUGH_WITHIN_S, message="the batch does not end"
        )
        found = problems(await read_history(stack, self.clocked.sent, self.clocked.vouched_for))
        assert not found, "\n".join([f"{len(found)} problems:", *found[:30]])

    async def _closed(self) -> int:
        return await closed_rows(self.clocked.stack, self.batch)

    async def _reads(self) -> bool:
        return (await self.business.operator.importer.batch(self.batch.batch_id)).state == "reading"


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Clocked]:
    """Of this module alone."""
    async with Clocked.started() as clocked:
        yield clocked


@pytest.fixture
async def clocked(running: Clocked) -> AsyncIterator[Clocked]:
    """All clocks are right before and after; no service is started again meanwhile."""
    stack = running.stack
    starts = {service: stack[service].logs().count(f"{service} started") for service in SERVICES}
    yield running
    await running.jump(dict.fromkeys(PROCESSES, 0))
    assert {service: stack[service].logs().count(f"{service} started") for service in SERVICES} == starts


async def test_clocks_that_jump_by_an_hour_lose_nothing_double_nothing_and_reorder_nothing(
    clocked: Clocked, http: httpx.AsyncClient
) -> None:
    bulk = await Import.begin(clocked, http, LISTINGS, pause_s=2)
    for number, offsets in enumerate(JUMPS):
        await bulk.has_closed(SAMPLE + number * PAGE)
        await clocked.jump(offsets)
    await bulk.ends_well()


@pytest.mark.parametrize("process", ["connector", ISSUER], ids=["connector", "issuer"])
async def test_an_import_stands_while_tokens_are_refused_for_a_wrong_clock_and_goes_on_once_it_is_right(
    clocked: Clocked, http: httpx.AsyncClient, process: str
) -> None:
    bulk = await Import.begin(clocked, http, FEWER, pause_s=1)
    await bulk.has_closed(SAMPLE)
    await clocked.jump({process: HOUR_S})
    await bulk.seller.fault("expire_access")  # the importer needs the connector now
    await bulk.stands()
    await clocked.jump({process: 0})
    await bulk.ends_well()


async def test_a_database_whose_clock_jumps_loses_nothing_doubles_nothing_and_holds_nothing_up(
    clocked: Clocked, http: httpx.AsyncClient
) -> None:
    bulk = await Import.begin(clocked, http, LISTINGS, pause_s=1)
    await bulk.has_closed(SAMPLE)
    await clocked.jump({DATABASE: HOUR_S})
    await bulk.fails_a_turn()  # what is written down about the next one is an hour ahead
    await clocked.jump({DATABASE: 0})
    await bulk.fails_a_turn()
    await bulk.ends_well()
