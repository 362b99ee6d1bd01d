"""Whether the broker answers: silence has a reason within a bound, and one question serves all who ask."""

import asyncio
from dataclasses import dataclass, field

import pytest

from truestock.chassis.consumer.pulse import BrokerPulse

FRESH_S = 3.0


@dataclass
class FakeBroker:
    """Answers, fails or says nothing, and counts the questions."""

    answers: bool = True
    fails_with: Exception | None = None
    asked: int = 0
    clock: float = 0.0
    never: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self) -> None:
        self.asked += 1
        if self.fails_with is not None:
            raise self.fails_with
        if not self.answers:
            await self.never.wait()

    def pulse(self) -> BrokerPulse:
        return BrokerPulse(self.ask, fresh_s=FRESH_S, patience_s=0.01, now=lambda: self.clock)


async def test_a_broker_that_answers_has_no_reason() -> None:
    assert await FakeBroker().pulse().silence() is None


@pytest.mark.parametrize(
    ("broker", "reason"),
    [
        (FakeBroker(answers=False), "no answer within 0.01 s"),
        (FakeBroker(fails_with=ConnectionError("secret")), "ConnectionError"),
    ],
    ids=["silent", "refused"],
)
async def test_a_broker_that_went_away_is_named_and_is_fine_when_it_is_back(
    broker: FakeBroker, reason: str
) -> None:
    healthy = FakeBroker()
    pulse = BrokerPulse(
        lambda: (broker if broker.clock else healthy).ask(),
        fresh_s=FRESH_S,
        patience_s=0.01,
        now=lambda: broker.clock,
    )
    assert await pulse.silence() is None
    broker.clock = FRESH_S
    assert await pulse.silence() == reason
    broker.answers, broker.fails_with = True, None
    broker.clock = 2 * FRESH_S
    assert await pulse.silence() is None


async def test_many_who_want_to_know_put_one_question() -> None:
    broker = FakeBroker()
    pulse = broker.pulse()
    await asyncio.gather(*(pulse.silence() for _ in range(50)))
    broker.clock = FRESH_S - 0.1
    await pulse.silence()
    assert broker.asked == 1
    broker.clock = FRESH_S
    await pulse.silence()
    assert broker.asked == 2
