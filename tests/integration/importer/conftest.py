"""An importer on a real database, one per module; a workspace of its own for each test."""

from collections.abc import AsyncIterator

import pytest
from support.importer_world import World
from support.postgres import MakeDatabase

from truestock.chassis.transaction import Database


@pytest.fixture(scope="module")
async def opened(module_database: MakeDatabase) -> AsyncIterator[Database]:
    urls = await module_database("importer")
    database = Database(urls.app, application_name="test", system_url=urls.system, pool_size=4)
    yield database
    await database.close()


@pytest.fixture
async def world(opened: Database) -> AsyncIterator[World]:
    """A workspace of its own; the work queue, which all workspaces share, is left empty behind it."""
    one = World(opened)
    await one.connect()
    await one.published()
    yield one
    await one.run_sql("DELETE FROM work")
