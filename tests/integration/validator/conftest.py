"""A validator with a database of its own."""

from collections.abc import AsyncIterator

import pytest
from support.postgres import MakeDatabase, TestServer
from support.validator_world import World


@pytest.fixture
async def world(database: MakeDatabase, postgres: TestServer) -> AsyncIterator[World]:
    """Migrated and empty."""
    urls = await database("validator")
    async with World.open(urls, postgres.superuser_url(urls.name)) as opened:
        yield opened
