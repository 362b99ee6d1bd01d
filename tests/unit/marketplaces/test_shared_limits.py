"""Processes that share a limit never exceed it together, and never stand still without the connector."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import virtual_time
from support.limited import SECOND, Connector, Window, gate, reading

from truestock.marketplaces.errors import RateLimited
from truestock.marketplaces.limits import Gates, RateGate
from truestock.marketplaces.sharing import PATIENCE_S, Pace

ETSY = Pace(10)

pauses = st.lists(st.sampled_from((0.0, 0.01, 0.05, 0.3, 2.0)), min_size=1, max_size=6)
starts = st.sampled_from((0.0, 0.4, 1.0, 1.3, 1.9, 2.75))


async def readers(
    gates: list[RateGate], window: Window, plans: list[tuple[float, list[float]]], until: float
) -> list[int]:
    async def one(gate: RateGate, start: float, pauses: list[float]) -> int:
        await virtual_time.passes(start)
        return await reading(gate, window, ETSY, pauses=pauses, until=until)

    return await asyncio.gather(*(one(gate, *plan) for gate, plan in zip(gates, plans, strict=True)))


@settings(max_examples=30, deadline=None)
@given(
    plans=st.lists(st.tuples(starts, pauses), min_size=1, max_size=5),
    delay_s=st.sampled_from((0.0, 0.002, 0.02)),
)
def test_no_second_sees_more_requests_than_the_marketplace_allows(
    plans: list[tuple[float, list[float]]], delay_s: float
) -> None:
    async def scene() -> int:
        connector, window = Connector(delay_s=delay_s), Window()
        first = gate(connector, "first")
        await first.passage()
        first.saw(ETSY)  # the rate is known from here on
        await first.passage()
        gates = [first, *(gate(connector, f"gate-{number}") for number in range(1, len(plans)))]
        await readers(gates, window, plans, until=6)
        return window.most()

    assert virtual_time.run(scene()) <= ETSY.per_second


def test_without_sharing_two_readers_exceed_it() -> None:
    async def scene() -> int:
        window = Window()
        await readers([gate(None), gate(None)], window, [(0, [0.05]), (0, [0.05])], until=4)
        return window.most()

    assert virtual_time.run(scene()) > ETSY.per_second


def test_a_second_that_is_used_up_holds_nobody_up_whom_the_share_spaces() -> None:
    async def scene() -> int:
        return await reading(gate(Connector()), Window(), ETSY, pauses=[0.01], until=60, tells=True)

    assert virtual_time.run(scene()) > 0.85 * 60 * ETSY.per_second


def test_without_a_share_a_used_up_second_is_waited_out() -> None:
    async def scene() -> float:
        alone = gate(None)
        alone.saw(replace(ETSY, used_up=True))
        await alone.passage()
        return asyncio.get_running_loop().time()

    assert virtual_time.run(scene()) == pytest.approx(1)


def test_a_pause_that_is_asked_for_is_kept_however_short_and_whatever_the_share() -> None:
    async def scene() -> float:
        spaced = gate(Connector())
        for _ in range(2):  # the first answer tells the rate, the second request asks for a share of it
            await spaced.passage()
            spaced.saw(ETSY)
        before = asyncio.get_running_loop().time()
        spaced.close_until(virtual_time.now() + SECOND)
        await spaced.passage()
        return asyncio.get_running_loop().time() - before

    assert virtual_time.run(scene()) >= 1


def test_busy_readers_get_equal_parts_and_use_most_of_the_limit() -> None:
    async def scene() -> list[int]:
        connector = Connector()
        gates = [gate(connector, name) for name in ("a", "b")]
        return await readers(gates, Window(), [(0, [0.01])] * 2, until=60)

    first, second = virtual_time.run(scene())
    assert first + second > 0.75 * 60 * ETSY.per_second
    assert abs(first - second) <= 60


def test_a_modest_reader_leaves_the_rest_to_the_busy_one() -> None:
    async def scene() -> list[int]:
        connector = Connector()
        gates = [gate(connector, name) for name in ("busy", "modest")]
        return await readers(gates, Window(), [(0, [0.01]), (0, [1.0])], until=60)

    busy, modest = virtual_time.run(scene())
    assert modest >= 40
    assert busy >= 4 * 60


def test_steady_reading_asks_the_connector_less_than_once_a_second() -> None:
    async def scene() -> int:
        connector = Connector()
        await readers([gate(connector)], Window(), [(0, [0.01])], until=60)
        return len(connector.reports)

    assert virtual_time.run(scene()) < 60


def test_where_no_rate_is_known_nothing_is_held_back() -> None:
    async def scene() -> tuple[int, int]:
        connector = Connector()
        one, sent = gate(connector), 0
        while asyncio.get_running_loop().time() < 60:
            await one.passage()
            sent += 1
            await virtual_time.passes(0.01)
        return sent, len(connector.reports)

    sent, asked = virtual_time.run(scene())
    assert sent >= 5_990
    assert asked <= 80


def test_what_one_is_told_closes_the_others() -> None:
    async def scene() -> tuple[float, str]:
        connector = Connector()
        told, other = gate(connector, "told"), gate(connector, "other")
        await other.passage()
        told.close_until(virtual_time.now() + 60 * SECOND)
        await virtual_time.passes(1)  # the other's last look is older than it may be
        with pytest.raises(RateLimited) as limited:
            await other.passage()
        reopens = limited.value.until - virtual_time.BEGINNING
        await virtual_time.passes(59)
        await other.passage()
        return reopens.total_seconds(), "open"

    assert virtual_time.run(scene()) == (60.0, "open")


def test_a_wait_within_reason_is_waited_for() -> None:
    async def scene() -> float:
        connector = Connector()
        gate(connector, "told").close_until(virtual_time.now() + 3 * SECOND)
        await virtual_time.passes(0.1)
        await gate(connector, "other").passage()
        return asyncio.get_running_loop().time()

    assert virtual_time.run(scene()) >= 3


def test_a_closing_beyond_a_day_is_told_for_a_day() -> None:
    async def scene() -> list[timedelta | None]:
        connector = Connector()
        gate(connector).close_until(virtual_time.now() + timedelta(days=4_000))
        await virtual_time.passes(1)
        return [report.closed_for for report in connector.reports]

    assert virtual_time.run(scene()) == [timedelta(days=1)]


def test_a_closing_too_short_for_others_is_kept_to_oneself() -> None:
    async def scene() -> int:
        connector = Connector()
        gate(connector).close_until(virtual_time.now() + 0.2 * SECOND)
        await virtual_time.passes(1)
        return len(connector.reports)

    assert virtual_time.run(scene()) == 0


@pytest.mark.parametrize("how", ["away", "silent"])
def test_without_the_connector_reading_goes_on_by_ones_own_signals(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def scene() -> tuple[float, int]:
        connector = Connector(away=how == "away", silent=how == "silent")
        one = gate(connector)
        for _ in range(100):
            await one.passage()
            one.saw(ETSY)
            await virtual_time.passes(0.1)
        spent = asyncio.get_running_loop().time() - 10
        one.close_until(virtual_time.now() + 60 * SECOND)
        with pytest.raises(RateLimited):
            await one.passage()
        connector.away = connector.silent = False
        await virtual_time.passes(60)
        await one.passage()
        await virtual_time.passes(3)
        await one.passage()
        return spent, len(connector.held)

    spent, held = virtual_time.run(scene())
    assert spent <= PATIENCE_S + 0.01
    assert held == 1, "it shares again"
    words = [record.getMessage() for record in caplog.records]
    assert [word.partition(":")[0] for word in words] == [
        "rate limits are not shared with other processes now",
        "the connector shares rate limits again",
    ]


def test_one_question_at_a_time_however_many_want_to_send() -> None:
    async def scene() -> int:
        connector = Connector(delay_s=0.1)
        one = gate(connector)
        await asyncio.gather(*(one.passage() for _ in range(50)))
        return len(connector.reports)

    assert virtual_time.run(scene()) == 1


def test_who_gives_up_waiting_does_not_stop_the_question_of_the_others() -> None:
    async def scene() -> int:
        connector = Connector(delay_s=0.1)
        one = gate(connector)
        hasty = asyncio.create_task(one.passage())
        patient = asyncio.create_task(one.passage())
        await virtual_time.passes(0.05)
        hasty.cancel()
        await patient
        return len(connector.reports)

    assert virtual_time.run(scene()) == 1


def test_points_are_paced_by_what_the_last_query_cost_once_the_bucket_runs_low() -> None:
    full, low = Pace(50, cost=100, bursts=True, roomy=True), Pace(50, cost=100, bursts=True)

    async def scene() -> tuple[float, float]:
        one = gate(Connector())
        for _ in range(5):
            await one.passage()
            one.saw(full)
        roomy = asyncio.get_running_loop().time()
        for _ in range(5):
            await one.passage()
            one.saw(low)
        return roomy, asyncio.get_running_loop().time() - roomy

    roomy, scarce = virtual_time.run(scene())
    assert roomy < 0.5
    assert scarce >= 5.9, "100 points at 50 a second, once what was sent before is known to be costly"


def test_what_a_marketplace_counts_together_has_one_gate() -> None:
    gates = Gates()
    one, other = (gates.of("etsy", account, per_account=False) for account in ("1", "2"))
    assert one is other, "the application is counted"
    mine, theirs = (gates.of("shopify", account, per_account=True) for account in ("1", "2"))
    assert mine is not theirs
    assert mine is gates.of("shopify", "1", per_account=True)
    assert mine is not one
