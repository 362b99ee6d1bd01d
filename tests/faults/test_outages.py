"""The database or the broker goes away and comes back: no loss, no restart of a service, honest probes."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import asyncpg
import httpx
import pytest
from support.cable import Cable
from support.fault_plan import PLAN
from support.history import problems
from support.history_reading import read_history, sent_by
from support.impatient import impatient_stack
from support.journey import Business
from support.pipeline import rows, shop
from support.probes import somebody_is_dead
from support.progress import closed_rows, is_through
from support.waiting import eventually, never

from truestock.local.ports import LOOPBACK, free_port
from truestock.local.postgres import SERVICES, PostgresServer
from truestock.local.runs import Run
from truestock.local.stack import Stack

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(400, func_only=True)]

LISTINGS = 300
SAMPLE = 4
BACK_WITHIN_S = 60
"""From the end of an outage until every service is ready."""
THROUGH_WITHIN_S = 120
REFUSED_S = 15.0
"""So long the broker refuses everybody: longer than a session."""
NAMED_WITHIN_S = 20
"""From the moment a dependency goes away until readiness names it."""
WATCHED_S = 6.0


@dataclass
class Servers:
    """A stack whose database and broker are at the ends of cables: nobody knows another way to them."""

    stack: Stack
    postgres: PostgresServer
    database_cable: Cable
    broker_cable: Cable


@pytest.fixture
async def servers(run: Run) -> AsyncIterator[Servers]:
    """Of this test alone."""
    postgres = await PostgresServer.start(run)
    port = free_port()
    async with (
        Cable.to(postgres.url("postgres")) as to_database,
        Cable.to(f"kafka://{LOOPBACK}:{port}") as to_broker,
    ):
        options = replace(
            impatient_stack("test-outages", to_database.address(postgres.url("postgres"))),
            ports={"broker": port},
            broker_advertised=to_broker.own_port,
        )
        async with Stack(options) as stack:
            yield Servers(stack, postgres, to_database, to_broker)
    await postgres.stop()


@asynccontextmanager
async def database_cut_off(servers: Servers) -> AsyncIterator[None]:
    """No byte passes; readiness names the database."""
    servers.database_cable.cut()
    yield
    for service in SERVICES:
        assert await reasons_of(servers.stack, service) == {"database"}, service
    servers.database_cable.plug()


@asynccontextmanager
async def database_crash(servers: Servers) -> AsyncIterator[None]:
    """One of its processes is killed: the server ends all sessions and recovers from its log."""
    victim = await asyncpg.connect(servers.postgres.url("postgres"))
    os.kill(await victim.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
    await eventually(victim.is_closed)
    yield


@asynccontextmanager
async def broker_restart(servers: Servers) -> AsyncIterator[None]:
    """It stops, and comes back with its log."""
    await servers.stack.broker.restart()
    yield


@asynccontextmanager
async def broker_refuses(servers: Servers) -> AsyncIterator[None]:
    """Its connections are reset, and so is each new one, for longer than a session lasts."""
    servers.broker_cable.cut()
    async with broker_away(servers, REFUSED_S):
        yield


@asynccontextmanager
async def broker_cut_off(servers: Servers) -> AsyncIterator[None]:
    """The network loses every packet for longer than a session and a request last.

    Connections stay open and new ones get no answer: readiness names the broker although no connection has
    failed. Meanwhile the broker goes on, and gives up the members that it does not hear of. What was sent
    reaches it late.
    """
    servers.broker_cable.lose_packets()
    async with broker_away(servers, PLAN.cut_off_s):
        yield


@asynccontextmanager
async def broker_away(servers: Servers, seconds: float) -> AsyncIterator[None]:
    """Readiness names the broker soon, and as long as it is away: so many seconds at least."""
    stack = servers.stack
    for service in SERVICES:
        await eventually(
            partial(names_the_broker, stack, service),
            NAMED_WITHIN_S,
            message=f"{service} does not say that the broker is away",
        )
    await never(lambda: somebody_is_dead(stack), seconds - WATCHED_S)
    yield
    for service in SERVICES:
        assert await names_the_broker(stack, service), service
    servers.broker_cable.plug()


Outage = Callable[[Servers], AbstractAsyncContextManager[None]]
OUTAGES: dict[str, Outage] = {
    "database-cut-off": database_cut_off,
    "database-crash": database_crash,
    "broker-restart": broker_restart,
    "broker-refuses": broker_refuses,
    "broker-cut-off": broker_cut_off,
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_an_outage_loses_nothing_and_passes_without_a_restart_of_a_service(
    servers: Servers, http: httpx.AsyncClient, outage: Outage
) -> None:
    stack = servers.stack
    business = await Business.open(stack, http)
    seller = await business.seller(shop("outage", LISTINGS))
    connection = await business.connect(seller)
    sample = await business.import_(connection, "sample", size=SAMPLE)
    vouched_for = {f"{connection.connection_id}:{row.listing_id}" for row in await rows(business, sample)}
    await business.approve(sample)
    bulk = await business.operator.importer.start(connection.connection_id, "bulk")

    async def under_way() -> bool:
        return await closed_rows(stack, bulk) > SAMPLE

    await eventually(under_way, 60, message="the import does not get under way")
    assert await closed_rows(stack, bulk) < LISTINGS, "the import is over before the outage"
    async with outage(servers):
        await never(
            lambda: somebody_is_dead(stack), WATCHED_S, message="a dependency's fault kills a service"
        )
    for service in SERVICES:
        await stack[service].ready(BACK_WITHIN_S)
    await eventually(lambda: is_through(stack, bulk), THROUGH_WITHIN_S, message="the batch does not end")
    assert {stack[service].logs().count(f"{service} started") for service in SERVICES} == {1}
    found = problems(await read_history(stack, await sent_by(connection, seller), vouched_for))
    assert not found, "\n".join([f"{len(found)} problems:", *found[:30]])


async def names_the_broker(stack: Stack, service: str) -> bool:
    """Whether the broker is all that the service waits for."""
    return await reasons_of(stack, service) == {"broker"}


async def reasons_of(stack: Stack, service: str) -> set[str]:
    """What the service says it waits for."""
    async with httpx.AsyncClient(timeout=10, trust_env=False) as probe:
        answer = await probe.get(f"{stack[service].url}/readyz")
    assert answer.status_code == (503 if "reasons" in answer.json() else 200)
    return set(answer.json().get("reasons", ()))
