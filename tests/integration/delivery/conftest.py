"""A small service of its own: one table, one topic in, one out, on real PostgreSQL and a real broker."""

from collections.abc import AsyncIterator

import pytest
from support.broker import NewTopic
from support.postgres import TestServer
from support.small_service import Running, migrated, settings, small_service

from truestock.chassis.deadletters import topic_of
from truestock.chassis.transaction import Database
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls


@pytest.fixture
async def urls(postgres: TestServer) -> AsyncIterator[DatabaseUrls]:
    """A database with the chassis' tables and ``facts``."""
    async with migrated(postgres) as made:
        yield made


@pytest.fixture
async def db(urls: DatabaseUrls) -> AsyncIterator[Database]:
    """That database, opened."""
    opened = Database(urls.app, application_name="test", system_url=urls.system)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def running(postgres: TestServer, broker: Broker, new_topic: NewTopic) -> AsyncIterator[Running]:
    """The small service, consuming and publishing for all tests of a module (a group forms slowly)."""
    incoming, outgoing = await new_topic("incoming"), await new_topic("outgoing")
    group = f"{incoming}.follow"
    await new_topic(exactly=topic_of(group), partitions=1)
    async with migrated(postgres) as urls:
        opened = Database(urls.app, application_name="test", system_url=urls.system)
        config = settings(urls, broker.bootstrap)
        async with small_service(opened, config, group=group, incoming=incoming, outgoing=outgoing) as parts:
            yield Running(parts, broker.bootstrap, group, incoming, outgoing, urls)
        await opened.close()
