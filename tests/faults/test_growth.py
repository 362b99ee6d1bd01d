"""A stream that brings nothing new, day after day: what is kept for delivery stays as small, work as quick.

One service gets the same listings again and again, every time with a higher sequence number. After the first
day the stored state cannot grow: inbox, outbox and what is known about the listings must stay as large as
they were, however many events went through. What is kept for good, by intent, is counted instead.

Inventory gets imports. Its journal (``seedings``) keeps one row per import for undo, its ledger
(``movements``) the opening movements of the first day and nothing more. The validator gets inventory's
answers and reads the listings live from the sandbox. It keeps a verdict with its findings per batch and
listing, and the stream is one batch.

Days are the events' own: every slice is dated one day later, and the service's upkeep function is called as
it would be on that day. That the service calls it by itself is seen at its start.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from support.fault_plan import PLAN
from support.growth import KEEP_DAYS, Day
from support.growth_servers import growing
from support.growth_streams import IMPORT_VARIANTS, INVENTORY, VALIDATOR, Stream

DAYS = 16
EARLY = slice(KEEP_DAYS, KEEP_DAYS + 3)
"""From here on the inbox holds as many days as it ever does."""
LATE = slice(-4, None)
SIZES = {
    "inbox_bytes": (EARLY.stop, 1.5),
    "outbox_bytes": (3, 3.0),
    "state_bytes": (EARLY.stop, 2.0),
    "resident_bytes": (EARLY.stop, 1.5),
}
"""Bounds: late days may show so many times what the first so many days did.

If nothing were reclaimed it would be 2.7 times what it was after six days, and 5 times what after three.
The outbox holds what changed since the last vacuum, which is more on a quick day.
"""
SPEED, LATENCY = 0.5, 3.0
"""Bounds: the best late day against the best early one of the run. The machine has other things to do."""
TELLING = 10_000
"""Events of a day that tell a speed: the few of a short run pass in two seconds, whatever else runs."""
DEAD = 0.25
"""Bound: so many of all rows that the outbox has ever carried may wait for the next vacuum."""
FULL_SIZE = 1_000_000

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(240 + PLAN.growth_events / 50, func_only=True)]


@dataclass(frozen=True)
class Case:
    """One service: what a day brings, which rows stay, how often it decided what."""

    stream: Stream
    a_day: int
    rows: Mapping[str, int]
    decided: Mapping[str, int]


_IMPORTS, _VERDICTS = PLAN.growth_events // DAYS, PLAN.growth_verdicts // DAYS
CASES = (
    Case(
        INVENTORY,
        _IMPORTS,
        {
            "items": INVENTORY.listings,
            "movements": INVENTORY.listings * IMPORT_VARIANTS,
            "seedings": _IMPORTS * DAYS,
            "proposals": 0,
        },
        {"created": INVENTORY.listings, "unchanged": _IMPORTS * DAYS - INVENTORY.listings},
    ),
    Case(
        VALIDATOR,
        _VERDICTS,
        # the one finding: nobody counted the stock
        dict.fromkeys(("subjects", "verdicts", "findings"), VALIDATOR.listings),
        {"passed_with_warnings": _VERDICTS * DAYS},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stream.service)
async def test_inbox_outbox_and_speed_stay_as_they_are_however_many_events_go_through(
    case: Case, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    days: list[Day] = []
    events = case.a_day
    async with growing(tmp_path, case.stream, scale=events * DAYS / FULL_SIZE) as growth:
        for number in range(DAYS):
            days.append(await growth.day(number, events))
            tell(f"day {number + 1} of {DAYS} ({events} events): {days[-1]}")
            today = growth.first + timedelta(days=number)
            assert min(await growth.partitions()) >= today - timedelta(days=KEEP_DAYS)
            assert await growth.count("inbox") == events * min(number + 1, KEEP_DAYS + 1)
        assert {name: await growth.count(name) for name in case.rows} == case.rows
    assert growth.decided == case.decided
    early, late = days[EARLY], days[LATE]
    for what, (first, factor) in SIZES.items():
        before, after = (max(getattr(day, what) for day in some) for some in (days[:first], late))
        assert after <= factor * before, f"{what} grew from {before} to {after}"
    assert max(day.outbox_dead for day in late) <= DEAD * events * DAYS
    if events >= TELLING:
        assert max(day.per_second for day in late) >= SPEED * max(day.per_second for day in early)
        assert min(day.latency_ms for day in late) <= LATENCY * min(day.latency_ms for day in early)


@pytest.fixture
def tell(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say at once how a long run goes on, and what it has measured."""
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    assert isinstance(reporter, pytest.TerminalReporter)

    def say(line: str) -> None:
        with capsys.disabled():
            reporter.write_line(line)

    return say
