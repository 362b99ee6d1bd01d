"""SIGTERM: what is done in time is committed, what is not is read once more, and the exit is clean."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.broker import NewTopic
from support.postgres import TestServer
from support.relaying import left
from support.row_lock import RowLock
from support.shared_group import Member, SharedGroup, key_of, shared_group
from support.small_service import stored_numbers
from support.waiting import eventually

from truestock.local.broker import Broker

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(180, func_only=True)]

GRACE_S = 3.0
HARDER_STOP_S = 12.0
"""The grace, and what a process needs to leave its groups and close its connections."""
NUMBERS = range(100, 400)
STOPPING = {"STOP_TIMEOUT_S": str(GRACE_S), "CONSUMER_MAX_RECORDS": "5"}


@pytest.fixture
async def shared(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> AsyncIterator[SharedGroup]:
    """A group without members whose topic holds the numbers."""
    async with shared_group(postgres, broker, new_topic, tmp_path) as made:
        await made.send(NUMBERS)
        yield made


async def test_work_longer_than_the_grace_time_moves_no_offset_and_is_delivered_once_more(
    shared: SharedGroup,
) -> None:
    locked = NUMBERS[2]
    async with RowLock.on(shared.urls, key_of(locked), locked) as lock:
        async with shared.process("first", **{**STOPPING, "CONSUMER_MAX_RECORDS": "500"}) as first:
            await eventually(lock.is_waited_for, 60, message="no batch comes to the locked row")
            before = await first.consumed()
            first.service.process.send_signal(signal.SIGTERM)
            await first.service.exit_code(HARDER_STOP_S)
            assert set((await shared.watch.look()).values()) == {0}
        await lock.release()
        async with shared.process("second") as second:
            await shared.all_done(*NUMBERS)
            assert await second.consumed() == len(NUMBERS)
    assert before <= len(NUMBERS)
    await shared.published_once()


async def test_work_within_the_grace_time_is_finished_and_the_exit_is_clean(shared: SharedGroup) -> None:
    async with shared.process("first", **STOPPING) as first:
        await eventually(shared.progressed, 60, message="the first process does nothing")
        first.service.process.send_signal(signal.SIGTERM)
        assert await first.service.exit_code(HARDER_STOP_S) == 0
        await nothing_is_left_behind(shared, first)
    done = len(await stored_numbers(shared.urls))
    assert 0 < done < len(NUMBERS), "it was to stop in the middle"
    async with shared.process("second") as second:
        await shared.all_done(*NUMBERS)
        assert await second.consumed() == len(NUMBERS) - done
    await shared.published_once()


async def nothing_is_left_behind(shared: SharedGroup, member: Member) -> None:
    """Each effect has its offset and its event."""
    committed = sum((await shared.watch.look()).values())
    assert committed == len(await stored_numbers(shared.urls))
    assert await left(shared.urls) == 0
    assert "did not stop in time" not in member.log.read_text()
