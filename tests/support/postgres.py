"""Real PostgreSQL for tests: one server per session, a freshly migrated database per test or module."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from truestock.local.migrations import migrate
from truestock.local.postgres import DatabaseUrls, PostgresServer, create_database, create_roles
from truestock.local.postgres.databases import database_urls, drop_database
from truestock.local.runs import Run

_numbers = itertools.count(1)


@dataclass
class TestServer:
    """The session's server and the migrated databases that new ones are copied from."""

    __test__ = False

    run: Run
    server: PostgresServer
    passwords: dict[str, str]
    templates: dict[str, DatabaseUrls] = field(default_factory=dict)

    def superuser_url(self, database: str = "postgres") -> str:
        """For assertions past row-level security, and for what only a superuser may do."""
        return self.server.url(database)

    async def empty(self, service: str) -> DatabaseUrls:
        """A database of the service without any table."""
        return await create_database(
            self.superuser_url(), service, self.passwords, name=f"{service}_{next(_numbers)}"
        )

    async def migrated(self, service: str) -> DatabaseUrls:
        """A copy of the service's migrated template, about 50 ms old."""
        if service not in self.templates:
            template = await create_database(
                self.superuser_url(), service, self.passwords, name=f"template_{service}"
            )
            await migrate(self.run, template)
            self.templates[service] = template
        return await create_database(
            self.superuser_url(),
            service,
            self.passwords,
            name=f"{service}_{next(_numbers)}",
            template=self.templates[service].name,
        )

    async def drop(self, urls: DatabaseUrls) -> None:
        """End its connections and delete it."""
        await drop_database(self.superuser_url(), urls.name)

    def urls(self, service: str, database: str) -> DatabaseUrls:
        """The addresses of an existing database for another look at it."""
        return database_urls(self.superuser_url(), service, self.passwords, database)


MakeDatabase = Callable[[str], Awaitable[DatabaseUrls]]


@pytest.fixture(scope="session")
async def postgres(run: Run) -> AsyncIterator[TestServer]:
    """The embedded server of this session."""
    server = await PostgresServer.start(run)
    yield TestServer(run, server, await create_roles(server.url("postgres")))
    await server.stop()


@asynccontextmanager
async def _databases(make: MakeDatabase, server: TestServer) -> AsyncIterator[MakeDatabase]:
    made: list[DatabaseUrls] = []

    async def factory(service: str) -> DatabaseUrls:
        made.append(await make(service))
        return made[-1]

    yield factory
    await asyncio.gather(*(server.drop(urls) for urls in made))


@pytest.fixture
async def database(postgres: TestServer) -> AsyncIterator[MakeDatabase]:
    """``await database("inventory")`` → a freshly migrated database, dropped after the test."""
    async with _databases(postgres.migrated, postgres) as factory:
        yield factory


@pytest.fixture(scope="module")
async def module_database(postgres: TestServer) -> AsyncIterator[MakeDatabase]:
    """As ``database``, but kept for all tests of a module."""
    async with _databases(postgres.migrated, postgres) as factory:
        yield factory


@pytest.fixture
async def empty_database(postgres: TestServer) -> AsyncIterator[MakeDatabase]:
    """``await empty_database("inventory")`` → a database with that service's roles and no tables."""
    async with _databases(postgres.empty, postgres) as factory:
        yield factory
