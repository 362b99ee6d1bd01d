"""What was told while the database's clock was ahead counts no more once it is right."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from support.postgres import MakeDatabase

from truestock.chassis.transaction import Database
from truestock.connector.store.limits import PostgresLimitStore
from truestock.marketplaces.sharing import Report

LIMIT = b"an application's"
AN_HOUR_AHEAD = (
    """
    UPDATE shared_limits
    SET closed_until = closed_until + interval '1 hour', told_at = told_at + interval '1 hour'
    """,
    "UPDATE limit_shares SET until = until + interval '1 hour'",
)


@pytest.fixture
async def limits(database: MakeDatabase) -> AsyncIterator[Database]:
    """A connector's database without limits."""
    urls = await database("connector")
    opened = Database(urls.app, application_name="test", system_url=urls.system)
    yield opened
    await opened.close()


async def put_back(database: Database) -> None:
    """As if all that stands there had been written by a clock that was an hour ahead."""
    async with database.begin_system() as connection:
        for statement in AN_HOUR_AHEAD:
            await connection.execute(text(statement))


async def test_a_closing_lasts_as_long_as_was_told_and_not_the_jump_longer(limits: Database) -> None:
    store = PostgresLimitStore(limits)
    minutes = timedelta(minutes=5)
    await store.share(LIMIT, "first", Report(closed_for=minutes))
    heard = await store.share(LIMIT, "second", Report())
    assert heard.closed_for is not None
    assert heard.closed_for <= minutes
    await put_back(limits)
    assert (await store.share(LIMIT, "second", Report())).closed_for is None
    told = await store.share(LIMIT, "first", Report(closed_for=minutes))
    assert told.closed_for is not None
    assert told.closed_for <= minutes


async def test_the_share_of_a_holder_that_is_gone_is_free_after_the_jump(limits: Database) -> None:
    store = PostgresLimitStore(limits)
    rate = Report(per_second=10, bursts=True)
    assert (await store.share(LIMIT, "gone", rate)).per_second == 10
    assert (await store.share(LIMIT, "new", rate)).per_second == 0
    await put_back(limits)
    assert (await store.share(LIMIT, "new", rate)).per_second == 10
