"""An inventory with a database of its own."""

from collections.abc import AsyncIterator

import pytest
from support.inventory_world import Inventory
from support.postgres import MakeDatabase, TestServer

from truestock.chassis.transaction import Database


@pytest.fixture
async def inventory(database: MakeDatabase, postgres: TestServer) -> AsyncIterator[Inventory]:
    """Migrated and empty."""
    urls = await database("inventory")
    opened = Database(urls.app, application_name="test", system_url=urls.system)
    yield Inventory.on(opened, postgres.superuser_url(urls.name))
    await opened.close()
