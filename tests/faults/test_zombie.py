"""A process that is frozen past its session and wakes up later: what it still writes changes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.broker import NewTopic
from support.postgres import TestServer
from support.shared_group import Member, SharedGroup, shared_group
from support.waiting import eventually

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
