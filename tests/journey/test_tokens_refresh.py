"""One refresh, however many ask and wherever they ask."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from support.journey import Business, Seller, catalogue
from support.leasing import Leasing
from support.validating import MUG, validated

from truestock.client.models.connector import Connection
from truestock.local.stack import Stack

CALLERS = 50
REFRESHED = "refresh_token ok"


@pytest.fixture(scope="module")
async def connectors(stack: Stack) -> AsyncIterator[list[str]]:
    """The addresses of two connector processes on one database."""
    second = await stack.replica("connector")
    yield [stack.endpoints.connector, second.url]
    await second.stop()


async def connected(business: Business) -> tuple[Seller, Connection]:
    """A fresh account's connection, not refreshed yet."""
    seller = await business.seller(catalogue(MUG))
    connection = await business.connect(seller)
    assert REFRESHED not in await seller.token_requests()
    return seller, connection


def leased(responses: list[httpx.Response]) -> list[tuple[int, str]]:
    """Version and token of each answer; all must have got one."""
    assert [one.status_code for one in responses] == [200] * len(responses), responses[0].text
    return [(one.json()["token_version"], one.json()["access_token"]) for one in responses]


async def test_fifty_leases_of_an_expired_token_refresh_it_once(
    stack: Stack, http: httpx.AsyncClient, business: Business, connectors: list[str]
) -> None:
    seller, connection = await connected(business)
    services = await Leasing.open(stack, http, business.workspace)
    [(version, token)] = leased([await services.lease(connectors[0], connection.connection_id)])
    await seller.fault("expire_access")
    await clock_passes(stack, connection)

    answers = leased(
        await asyncio.gather(
            *(services.lease(connectors[n % 2], connection.connection_id) for n in range(CALLERS))
        )
    )

    assert {one for one, _ in answers} == {version + 1}
    assert len({one for _, one in answers}) == 1
    assert token not in {one for _, one in answers}
    assert (await seller.token_requests())[REFRESHED] == 1
    shown = await business.operator.connector.connection(connection.connection_id)
    assert (shown.state, shown.token_version) == ("active", version + 1)


async def test_fifty_refusals_of_one_version_refresh_it_once(
    stack: Stack, http: httpx.AsyncClient, business: Business, connectors: list[str]
) -> None:
    """The connector's clock says that the token lives; the marketplace refuses it all the same."""
    seller, connection = await connected(business)
    services = await Leasing.open(stack, http, business.workspace)
    [(version, _)] = leased([await services.lease(connectors[0], connection.connection_id)])
    await seller.fault("expire_access")

    answers = leased(
        await asyncio.gather(
            *(services.refused(connectors[n % 2], connection.connection_id, version) for n in range(CALLERS))
        )
    )

    assert {one for one, _ in answers} == {version + 1}
    assert (await seller.token_requests())[REFRESHED] == 1
    # Late news about the old version change nothing.
    late = leased([await services.refused(connectors[1], connection.connection_id, version)])
    assert late == [answers[0]]
    assert (await seller.token_requests())[REFRESHED] == 1


async def test_an_access_token_that_expires_while_listings_are_read_is_replaced(business: Business) -> None:
    scene = await validated(business)
    seller = scene.seller
    assert REFRESHED not in await seller.token_requests()
    await seller.fault("expire_access")

    await scene.edit(title="Blue mug")  # the validator holds the dead token, so does the importer
    assert (await scene.next_verdict()).verdict == "passed_with_warnings"
    await business.approve(scene.batch)
    bulk = await business.import_(scene.connection, "bulk")

    assert (bulk.state, bulk.progress.read) == ("completed", 1)
    assert (await seller.token_requests())[REFRESHED] == 1


async def clock_passes(stack: Stack, connection: Connection) -> None:
    """Let the connector's record of the grant be two hours older."""
    database = await asyncpg.connect(stack.superuser_url("connector"))
    try:
        done = await database.execute(
            "UPDATE grants SET obtained_at = obtained_at - interval '2 hours',"
            " access_expires_at = access_expires_at - interval '2 hours' WHERE owner_id = $1",
            connection.connection_id,
        )
        assert done == "UPDATE 1", done
    finally:
        await database.close()
