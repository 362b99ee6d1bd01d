"""The relay's leader against a made-up outbox and broker: order per key, nothing lost, topics apart."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.outbox_model import ModelBroker, ModelTable, row
from support.waiting import eventually

from truestock.chassis.failpoints import Failpoints
from truestock.chassis.outbox.claim import Claimed
from truestock.chassis.outbox.drain import Drain, Signals

TOPICS = ("orders", "items")
KEYS = ("a", "b", "c")


def drain(table: ModelTable, broker: ModelBroker, signals: Signals | None = None) -> Drain:
    """A leader that looks often and does not wait long."""
    return Drain(
        table,
        broker,
        signals or Signals(),
        max_message_bytes=1000,
        sweep_s=0.002,
        failpoints=Failpoints(),
        pauses_s=(0.001, 0.002),
    )


async def run_until_settled(table: ModelTable, broker: ModelBroker) -> None:
    """One leader after another until nothing more can leave; each ends when it loses its session."""
    async with asyncio.timeout(20):
        while not table.settled.is_set():
            leader = asyncio.create_task(drain(table, broker).run())
            settled = asyncio.create_task(table.settled.wait())
            await asyncio.wait([leader, settled], return_when=asyncio.FIRST_COMPLETED)
            for task in (leader, settled):
                task.cancel()
                with suppress(asyncio.CancelledError, ConnectionResetError):
                    await task


@st.composite
def histories(draw: st.DrawFn) -> list[list[Claimed]]:
    """Groups of commits. Numbers are drawn before commits, so groups come in any order; a key's do not."""
    size = draw(st.integers(1, 14))
    rows = [
        row(seq, draw(st.sampled_from(TOPICS)), draw(st.sampled_from(KEYS))) for seq in range(1, size + 1)
    ]
    # who writes a key waits for the one before: within a key, commit order is number order
    turns = draw(st.permutations(range(size)))
    by_key: dict[tuple[str, str], list[Claimed]] = {}
    for one in rows:
        by_key.setdefault((one.topic, one.key), []).append(one)
    ordered = [by_key[rows[turn].topic, rows[turn].key].pop(0) for turn in turns]
    groups: list[list[Claimed]] = []
    while ordered:
        count = draw(st.integers(1, 4))
        groups.append(ordered[:count])
        ordered = ordered[count:]
    return groups


@given(
    commits=histories(),
    fates=st.lists(st.sampled_from(["taken", "unanswered", "lost"]), max_size=8),
    refused=st.frozensets(st.integers(1, 14), max_size=2),
    lose_session_at=st.frozensets(st.integers(1, 12), max_size=3),
    limit=st.integers(1, 5),
    room=st.integers(1, 5),
)
async def test_first_copies_are_in_commit_order_and_nothing_is_lost(
    commits: list[list[Claimed]],
    fates: list[str],
    refused: frozenset[int],
    lose_session_at: frozenset[int],
    limit: int,
    room: int,
) -> None:
    rows = [one for group in commits for one in group]
    table = ModelTable([*commits], limit=limit, lose_session_at=lose_session_at)
    broker = ModelBroker([*fates], refused, room=room)
    await run_until_settled(table, broker)
    for topic in TOPICS:
        for key in KEYS:
            committed = [one.seq for one in rows if (one.topic, one.key) == (topic, key)]
            until = next((n for n, seq in enumerate(committed) if seq in refused), len(committed))
            assert broker.first_copies(topic, key) == committed[:until]
            assert set(committed[until : until + 1]) <= table.parked_rows.keys()
    assert set(table.parked_rows) <= refused


async def test_a_topic_that_is_missing_holds_back_its_own_rows_only_until_it_is_there() -> None:
    table = ModelTable(
        [[row(n, "missing", "a") for n in range(1, 10)], [row(10, "orders", "a"), row(11, "orders", "b")]],
        stuck=frozenset({"missing"}),
    )
    broker = ModelBroker(missing={"missing"})
    await run_until_settled(table, broker)
    assert [seq for _, _, seq in broker.log] == [10, 11]
    broker.missing.clear()
    table.stuck = frozenset()
    table.settled.clear()
    await run_until_settled(table, broker)
    assert broker.first_copies("missing", "a") == [*range(1, 10)]


async def test_a_wake_up_for_a_topic_that_is_on_its_way_asks_the_table_nothing() -> None:
    table = ModelTable([[row(1, "orders", "a")]])
    answered = asyncio.Event()

    class Slow(ModelBroker):
        async def partitions_for(self, topic: str) -> set[int]:
            await answered.wait()
            return {0}

    signals = Signals()
    task = asyncio.create_task(
        Drain(table, Slow(), signals, max_message_bytes=1000, sweep_s=60.0, failpoints=Failpoints()).run()
    )
    await eventually(lambda: table.looks == 1)
    signals.wake(["orders"])
    signals.wake(["items"])
    await eventually(lambda: table.looks == 2)
    signals.wake(["orders"])
    answered.set()
    await eventually(table.settled.is_set)
    assert table.looks == 3
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_idle_means_that_nothing_is_on_its_way() -> None:
    table, signals = ModelTable([[row(1, "orders", "a")]]), Signals()
    task = asyncio.create_task(drain(table, ModelBroker(), signals).run())
    async with asyncio.timeout(20):
        await signals.idle.wait()
    assert table.waiting == {}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_topic_that_waits_does_not_keep_the_relay_from_being_idle() -> None:
    table = ModelTable([[row(1, "missing", "a")]], stuck=frozenset({"missing"}))
    signals = Signals()
    leader = Drain(
        table,
        ModelBroker(missing={"missing"}),
        signals,
        max_message_bytes=1000,
        sweep_s=0.002,
        failpoints=Failpoints(),
        pauses_s=(60.0, 60.0),
    )
    task = asyncio.create_task(leader.run())
    await eventually(lambda: table.looks > 3)
    signals.wake(["missing"])
    async with asyncio.timeout(20):
        await signals.idle.wait()
    assert list(table.waiting) == [1]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
