"""One sandbox and one connector process for all tests of this folder; every test has its own workspace."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from support.connector_returned import Returned
from support.connector_rows import Rows
from support.connector_sellers import SECRET_ENDS
from support.connector_world import Operator, connector_unit
from support.postgres import TestServer

from truestock.local.broker import Broker
from truestock.local.options import Generated, StackOptions
from truestock.local.ports import LOOPBACK, free_port
from truestock.local.postgres import DatabaseUrls
from truestock.local.runs import Run
from truestock.local.sandbox import sandbox_unit
from truestock.local.units import Unit

LEASE_S = "4"
"""The right to refresh ends so many seconds after its holder was heard of."""


@pytest.fixture(scope="session")
def front() -> int:
    """The port of the first connector, which marketplaces know before it runs."""
    return free_port()


@pytest.fixture(scope="session")
async def shops(run: Run, front: int) -> AsyncIterator[Unit]:
    """A sandbox with many seller accounts, so that each test takes its own."""
    notices = [
        part
        for name in ("shopify", "ebay")
        for part in ("--webhook-url", f"{name}=http://{LOOPBACK}:{front}/v1/webhooks/{name}")
    ]
    options = StackOptions(
        generated=Generated(4, 7),
        sandbox_arguments=("--accounts", "24", "--rate-limit", "1000", *notices),
    )
    unit = sandbox_unit(run, options, {"connector": "connector-secret"}, free_port(), name="connector-shops")
    await unit.start()
    yield unit
    await unit.stop()


@pytest.fixture(scope="session")
async def returned() -> AsyncIterator[Returned]:
    """A revocation endpoint (RFC 7009) that stands in for eBay's, which the sandbox has not."""
    async with Returned.listening() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
async def connector_database(postgres: TestServer) -> AsyncIterator[DatabaseUrls]:
    """The database that the processes share."""
    urls = await postgres.migrated("connector")
    yield urls
    await postgres.drop(urls)


@pytest.fixture(scope="session")
async def connectors(
    run: Run, connector_database: DatabaseUrls, shops: Unit, broker: Broker, front: int, returned: Returned
) -> AsyncIterator[list[Unit]]:
    """Two processes of the service on one database."""
    urls, bootstrap = connector_database, broker.bootstrap
    settings = {
        "TRUESTOCK_REFRESH_LEASE_S": LEASE_S,
        "TRUESTOCK_EBAY_REVOCATION_URL": returned.url,
        "TRUESTOCK_AMAZON_CLIENT_SECRET_EXPIRES_AT": SECRET_ENDS.isoformat(),
    }
    first = connector_unit(run, "connector-a", urls, shops, bootstrap, port=front, changed=settings)
    second = connector_unit(run, "connector-b", urls, shops, bootstrap, first.url, changed=settings)
    await asyncio.gather(first.start(), second.start())
    yield [first, second]
    await asyncio.gather(first.stop(), second.stop())


@pytest.fixture(scope="session")
async def racers(
    run: Run, connectors: list[Unit], connector_database: DatabaseUrls, shops: Unit, broker: Broker
) -> AsyncIterator[list[Unit]]:
    """Four processes on the same database; the last may be killed, if it is started again."""
    further = [
        connector_unit(
            run,
            f"connector-{name}",
            connector_database,
            shops,
            broker.bootstrap,
            connectors[0].url,
            changed={"TRUESTOCK_REFRESH_LEASE_S": LEASE_S},
        )
        for name in ("c", "d")
    ]
    await asyncio.gather(*(unit.start() for unit in further))
    yield [*connectors, *further]
    await asyncio.gather(*(unit.stop() for unit in further))


@pytest.fixture
async def olga(connectors: list[Unit], shops: Unit) -> AsyncIterator[Operator]:
    """An operator of a new workspace."""
    async with httpx.AsyncClient(timeout=30) as http:
        yield Operator(connectors[0].url, shops.url, http)


@pytest.fixture(scope="session")
async def rows(postgres: TestServer, connector_database: DatabaseUrls) -> AsyncIterator[Rows]:
    """The connector's rows, past its rules: time passes, or somebody tampers."""
    async with Rows.of(postgres.superuser_url(connector_database.name)) as opened:
        yield opened


@pytest.fixture(scope="session")
async def logins(shops: Unit) -> list[str]:
    """Seller accounts nobody has taken yet; tests pop one."""
    async with httpx.AsyncClient() as http:
        found = (await http.get(f"{shops.url}/control/accounts?marketplace=etsy")).json()["accounts"]
    return [account["login"] for account in found]
