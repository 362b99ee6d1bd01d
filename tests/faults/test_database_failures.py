"""Failures inside a transaction: whatever the database answers, or does not answer, there is one effect."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from support.broker import NewTopic
from support.cable import Cable
from support.postgres import TestServer
from support.row_lock import RowLock
from support.shared_group import SharedGroup, key_of, shared_group
from support.small_service import SmallService
from support.topic_records import any_record, records_of
from support.waiting import eventually

from truestock.chassis.deadletters import topic_of
from truestock.local.broker import Broker

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(180, func_only=True)]

NUMBERS = range(100, 160)
FAILURES = 3
_FAILING = """
CREATE SEQUENCE failures;
CREATE FUNCTION fail_at_first() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF nextval('failures') <= {most} THEN
        RAISE EXCEPTION 'as told' USING ERRCODE = '{code}';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER fail_at_first AFTER INSERT ON facts FOR EACH STATEMENT EXECUTE FUNCTION fail_at_first();
"""
CODES = {
    "serialization_failure": "40001",
    "deadlock_detected": "40P01",
    "disk_full": "53100",
    "too_many_connections": "53300",
    "read_only_sql_transaction": "25006",
    "io_error": "58030",
    "admin_shutdown": "57P01",
    "query_canceled": "57014",
}
"""Conditions that pass: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


@pytest.fixture
async def shared(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> AsyncIterator[SharedGroup]:
    """A group without members whose topic holds the numbers."""
    async with shared_group(postgres, broker, new_topic, tmp_path) as made:
        await made.send(NUMBERS)
        yield made


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
async def test_a_transaction_that_the_database_breaks_off_is_repeated_to_one_effect(
    shared: SharedGroup, postgres: TestServer, code: str
) -> None:
    connection = await asyncpg.connect(postgres.superuser_url(shared.urls.name))
    await connection.execute(_FAILING.format(most=FAILURES, code=code))
    async with shared.member() as member:
        await one_effect(shared)
        assert len(member.follower.seen) > FAILURES, "nothing failed"
    assert await connection.fetchval("SELECT last_value FROM failures") > FAILURES
    await connection.close()


async def test_the_loser_of_a_deadlock_is_repeated_to_one_effect(
    shared: SharedGroup, postgres: TestServer
) -> None:
    """Somebody writes what the batch writes, the other way round, and is too patient to lose."""
    first, last = (numbers_of_one_key()[n] for n in (0, -1))
    await as_superuser(postgres, f"ALTER DATABASE {shared.urls.name} SET deadlock_timeout = '60s'")
    async with RowLock.on(shared.urls, key_of(last), last) as rival:
        await as_superuser(postgres, f"ALTER DATABASE {shared.urls.name} SET deadlock_timeout = '4s'")
        async with shared.member() as member:
            await eventually(rival.is_waited_for, 60, message="no batch comes to the locked row")
            await rival.write(key_of(first), first)  # returns once the batch has lost and let go
            tried = len(member.follower.seen)
            await rival.release()
            await one_effect(shared)
            assert len(member.follower.seen) > tried


@pytest.mark.parametrize("times", [1, 4])
async def test_a_connection_that_is_lost_after_commit_was_sent_leads_to_one_effect(
    shared: SharedGroup, times: int
) -> None:
    """The outcome is unknown to the service: the work is there, and is recognised when it is read again."""
    async with Cable.to(shared.urls.app) as cable:
        cable.cut_commits = times
        through = replace(shared, urls=replace(shared.urls, app=cable.address(shared.urls.app)))
        async with through.member(consumer_max_records=5) as member:
            await one_effect(shared)
            assert cable.lost_answers == times
            assert delivered(member) > len(NUMBERS), "nothing was read again"


async def test_a_connection_that_is_cut_again_and_again_leads_to_one_effect(shared: SharedGroup) -> None:
    async with Cable.to(shared.urls.app) as cable:
        through = replace(shared, urls=replace(shared.urls, app=cable.address(shared.urls.app)))
        async with through.member(consumer_max_records=5) as member:
            for step in range(10, 50, 10):
                await eventually(lambda step=step: delivered(member) >= step, 60)  # type: ignore[misc]  # bound
                cable.cut()
                cable.plug()
            await one_effect(shared)


async def one_effect(shared: SharedGroup) -> None:
    """All is stored and told once, and nothing was given up."""
    await shared.all_done(*NUMBERS)
    assert await records_of(shared.bootstrap, topic_of(shared.watch.group), any_record) == []


def delivered(member: SmallService) -> int:
    """How many records its handler was given, repetitions included."""
    return sum(len(batch) for batch in member.follower.seen)


def numbers_of_one_key() -> list[int]:
    """Those that lie on one partition, in their order."""
    return [number for number in NUMBERS if key_of(number) == key_of(NUMBERS[0])]


async def as_superuser(postgres: TestServer, statement: str) -> None:
    """Run one statement that only a superuser may."""
    connection = await asyncpg.connect(postgres.superuser_url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
