"""Batches of a paced group: at once after a quiet time, apart in a busy one."""

from dataclasses import dataclass, field

from truestock.chassis.consumer.pace import Pace


@dataclass
class Clock:
    """A time that passes only while somebody sleeps."""

    at: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.at += seconds


def paced(clock: Clock) -> Pace:
    """Batches a tenth of a second apart."""
    return Pace(0.1, now=clock.now, sleep=clock.sleep)


async def test_the_first_batch_begins_at_once() -> None:
    clock = Clock()
    await paced(clock).turn()
    assert clock.slept == []


async def test_the_next_one_waits_for_the_rest_of_the_time() -> None:
    clock = Clock()
    pace = paced(clock)
    pace.begun()
    clock.at += 0.03
    await pace.turn()
    assert clock.slept == [0.07]


async def test_after_a_quiet_time_nobody_waits() -> None:
    clock = Clock()
    pace = paced(clock)
    pace.begun()
    clock.at += 0.2
    await pace.turn()
    assert clock.slept == []
