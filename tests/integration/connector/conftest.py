"""One sandbox and one connector process for all tests of this folder; every test has its own workspace."""

from collections.abc import AsyncIterator

import httpx
import pytest
from support.connector_world import Operator, connector_unit
from support.postgres import TestServer

from truestock.local.broker import Broker
from truestock.local.options import Generated, StackOptions
from truestock.local.ports import free_port
from truestock.local.postgres import DatabaseUrls
from truestock.local.runs import Run
from truestock.local.sandbox import sandbox_unit
from truestock.local.units import Unit


@pytest.fixture(scope="session")
async def shops(run: Run) -> AsyncIterator[Unit]:
    """A sandbox with many seller accounts, so that each test takes its own."""
    options = StackOptions(
        generated=Generated(4, 7), sandbox_arguments=("--accounts", "24", "--rate-limit", "1000")
    )
    unit = sandbox_unit(run, options, {"connector": "connector-secret"}, free_port(), name="connector-shops")
    await unit.start()
    yield unit
    await unit.stop()


@pytest.fixture(scope="session")
async def connector_database(postgres: TestServer) -> AsyncIterator[DatabaseUrls]:
    """The database that the processes share."""
    urls = await postgres.migrated("connector")
    yield urls
    await postgres.drop(urls)


@pytest.fixture(scope="session")
async def connectors(
    run: Run, connector_database: DatabaseUrls, shops: Unit, broker: Broker
) -> AsyncIterator[list[Unit]]:
    """Two processes of the service on one database."""
    first = connector_unit(run, "connector-a", connector_database, shops, broker.bootstrap)
    second = connector_unit(run, "connector-b", connector_database, shops, broker.bootstrap, first.url)
    for unit in (first, second):
        await unit.start()
    yield [first, second]
    for unit in (first, second):
        await unit.stop()


@pytest.fixture
async def olga(connectors: list[Unit], shops: Unit) -> AsyncIterator[Operator]:
    """An operator of a new workspace."""
    async with httpx.AsyncClient(timeout=30) as http:
        yield Operator(connectors[0].url, shops.url, http)


@pytest.fixture(scope="session")
async def logins(shops: Unit) -> list[str]:
    """Seller accounts nobody has taken yet; tests pop one."""
    async with httpx.AsyncClient() as http:
        found = (await http.get(f"{shops.url}/control/accounts?marketplace=etsy")).json()["accounts"]
    return [account["login"] for account in found]
