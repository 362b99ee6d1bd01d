"""A process that is frozen past its session and wakes up later: what it still writes changes nothing."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from support.broker import NewTopic
from support.postgres import TestServer
from support.relaying import emit, relays
from support.shared_group import Member, SharedGroup, shared_group
from support.small_service import migrated
from support.waiting import eventually

from truestock.chassis.outbox.claim import APPLICATION, RELAY_LOCK
from truestock.chassis.transaction import Database
from truestock.local.broker import Broker

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(240, func_only=True)]

FIRST, LATER = range(100, 140), range(200, 240)
TAKES_OVER_S = 120


@pytest.fixture
async def shared(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path: Path
) -> AsyncIterator[SharedGroup]:
    """A group without members whose topic holds the first numbers."""
    async with shared_group(postgres, broker, new_topic, tmp_path) as made:
        await made.send(FIRST)
        yield made


@pytest.mark.parametrize("step", ["after-read", "after-commit"])
async def test_the_stale_write_of_a_frozen_member_is_fenced(shared: SharedGroup, step: str) -> None:
    """It wakes up with a batch in its hands that another member has handled and passed."""
    async with shared.process("frozen", FAILPOINT=f"{shared.watch.group}:{step}") as frozen:
        await frozen.froze()
        assert set((await shared.watch.look()).values()) == {0}
        async with shared.process("other") as other:
            await shared.all_done(*FIRST, within_s=TAKES_OVER_S)
            await wakes_up_beside(frozen, other)
            await shared.send(LATER)
            await shared.all_done(*FIRST, *LATER)


async def test_the_open_transaction_of_a_frozen_member_ends_before_its_work_is_taken_over(
    shared: SharedGroup,
) -> None:
    """Whoever takes over waits for it instead of writing beside it; then it counts once."""
    async with shared.process("frozen", FAILPOINT=f"{shared.watch.group}:before-commit") as frozen:
        await frozen.froze()
        async with shared.process("other") as other:

            async def took_over() -> bool:
                return await other.consumed() > 0

            await other.service.alive()
            await eventually(took_over, TAKES_OVER_S, message="the other member reads nothing")
            assert set((await shared.watch.look()).values()) == {0}
            await wakes_up_beside(frozen, other)
            await shared.send(LATER)
            await shared.all_done(*FIRST, *LATER)


async def wakes_up_beside(frozen: Member, other: Member) -> None:
    """The frozen member goes on, finishes what it held, and both share the group from then on."""
    frozen.thaw()

    async def shared_again() -> bool:
        assert await frozen.assigned() == 2
        assert await other.assigned() == 2
        return True

    await eventually(shared_again, TAKES_OVER_S, message="the frozen member does not come back")


async def test_a_frozen_relay_loses_its_lock_although_work_never_ceases(
    postgres: TestServer, broker: Broker, new_topic: NewTopic
) -> None:
    """Another relay that is woken all the time must still look whether the one that leads is alive."""
    topic, numbers = await new_topic("frozen"), itertools.count()
    async with migrated(postgres) as urls:
        frozen = await asyncpg.connect(urls.system, server_settings={"application_name": APPLICATION})
        assert await frozen.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK)
        db = Database(urls.app, application_name="test")
        async with relays(urls, broker, frozen_s=1.0, sweep_s=0.5) as [relay]:
            db.on_emitted(relay.wake)

            async def leads_at_last() -> bool:
                await emit(db, topic, "k", next(numbers))
                return relay.is_leader

            await eventually(leads_at_last, message="nobody publishes any more")
        frozen.terminate()
        await db.close()
