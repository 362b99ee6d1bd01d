"""A stream that brings nothing new, day after day: what is kept for delivery stays as small, work as quick.

One inventory service gets the same listings again and again, every import with a higher sequence number.
After the first day the stored state cannot grow. What may grow, and by how much, is counted instead: the
journal (``seedings``) keeps one row per import for undo, by intent; the ledger (``movements``) keeps the
opening movements of the first day and nothing more. Inbox, outbox, items and channel listings must stay as
large as they were, however many events went through.

Days are the events' own: every slice is dated one day later, and the service's upkeep function is called as
it would be on that day. That the service calls it by itself is seen at its start.
"""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.fault_plan import PLAN
from support.growth import KEEP_DAYS, Day, Growing
from support.growth_servers import growing
from support.reimports import VARIANTS

DAYS = 16
EVENTS = PLAN.growth_events // DAYS
LISTINGS = 200
EARLY = slice(KEEP_DAYS, KEEP_DAYS + 3)
"""From here on the inbox holds as many days as it ever does."""
LATE = slice(-4, None)
SIZES = {
    "inbox_bytes": (EARLY.stop, 1.5),
    "outbox_bytes": (3, 3.0),  # as large as the events between two vacuums are many: more on a quick day
    "state_bytes": (EARLY.stop, 2.0),
    "resident_bytes": (EARLY.stop, 1.5),
}
"""Bounds: late days may show so many times what the first so many days did.

If nothing were reclaimed it would be 2.7 times what it was after six days, and 5 times what after three.
"""
SPEED, LATENCY = 0.5, 3.0
"""Bounds: the best late day against the best early one of the run. The machine has other things to do."""
TELLING = 10_000
"""Events of a day that tell a speed: the few of a short run pass in two seconds, whatever else runs."""
DEAD = 0.25
"""Bound: so many of all rows that the outbox has ever carried may wait for the next vacuum."""
FULL_SIZE = 1_000_000

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(240 + PLAN.growth_events / 50, func_only=True)]


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[Growing]:
    """The service, before its first event."""
    async with growing(tmp_path, listings=LISTINGS, scale=PLAN.growth_events / FULL_SIZE) as started:
        yield started


async def test_inbox_outbox_and_speed_stay_as_they_are_however_many_events_go_through(
    stream: Growing, tell: Callable[[str], None]
) -> None:
    days: list[Day] = []
    for number in range(DAYS):
        days.append(await stream.day(number, EVENTS))
        tell(f"day {number + 1} of {DAYS} ({EVENTS} events): {days[-1]}")
        today = stream.first + timedelta(days=number)
        assert min(await stream.partitions()) >= today - timedelta(days=KEEP_DAYS)
        assert await stream.count("inbox") == EVENTS * min(number + 1, KEEP_DAYS + 1)
    assert await stream.published() >= EVENTS * DAYS, "the outbox has not carried the answers"
    kept = {name: await stream.count(name) for name in ("items", "movements", "seedings", "proposals")}
    assert kept == {
        "items": LISTINGS,
        "movements": LISTINGS * VARIANTS,
        "seedings": EVENTS * DAYS,
        "proposals": 0,
    }
    early, late = days[EARLY], days[LATE]
    for what, (first, factor) in SIZES.items():
        before, after = (max(getattr(day, what) for day in some) for some in (days[:first], late))
        assert after <= factor * before, f"{what} grew from {before} to {after}"
    assert max(day.outbox_dead for day in late) <= DEAD * EVENTS * DAYS
    if EVENTS >= TELLING:
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
