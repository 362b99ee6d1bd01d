"""The failure policy, without a broker: what is handled, given up, read again; which offsets move."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition
from support.records import TOPIC, numbered, record
from support.small_service import Fact

from truestock.chassis.consumer.batch import BatchProcessor, Outcome, Policy
from truestock.chassis.consumer.dead_letter_writer import DeadLetter
from truestock.chassis.consumer.subscription import Subscription
from truestock.chassis.delivery import Delivery, Permanent, Transient
from truestock.chassis.failpoints import Failpoints

FIRST = TopicPartition(TOPIC, 0)
SECOND = TopicPartition(TOPIC, 1)


@dataclass
class Handler:
    """Handles facts; fails as told."""

    fail: Callable[[Sequence[Delivery[Fact]]], None] = lambda _: None
    calls: list[list[int]] = field(default_factory=list)
    handled: list[int] = field(default_factory=list)

    async def __call__(self, deliveries: Sequence[Delivery[Fact]]) -> None:
        numbers = [delivery.event.number for delivery in deliveries]
        self.calls.append(numbers)
        self.fail(deliveries)
        self.handled += numbers


@dataclass
class Letters:
    """A dead-letter topic that may refuse."""

    refuse: bool = False
    written: list[DeadLetter] = field(default_factory=list)

    async def write(self, letters: Sequence[DeadLetter]) -> None:
        if self.refuse:
            raise ConnectionError("no broker")
        self.written += letters


async def no_pause(_: float) -> None:
    """Do not wait."""


def on_number(number: int, error: Exception) -> Callable[[Sequence[Delivery[Fact]]], None]:
    """Fail when the batch holds this number."""

    def fail(deliveries: Sequence[Delivery[Fact]]) -> None:
        if any(delivery.event.number == number for delivery in deliveries):
            raise error

    return fail


async def process(
    handler: Handler,
    *records: object,
    letters: Letters | None = None,
    owned: Callable[[TopicPartition], bool] = lambda _: True,
    pause: Callable[[float], Awaitable[None]] = no_pause,
) -> tuple[Outcome, list[DeadLetter]]:
    """One batch through the policy."""
    letters = letters or Letters()
    subscription = Subscription("small.follow", TOPIC, handler, {Fact.ce_type(): Fact})
    processor = BatchProcessor(
        subscription, letters.write, policy=Policy(attempts=3), failpoints=Failpoints(), pause=pause
    )
    outcome = await processor.process(records, owned)
    return outcome, letters.written


def reason(letter: DeadLetter) -> str:
    """Why it is dead."""
    return dict(letter.headers)["dlq.reason"].decode()


async def test_a_good_batch_is_handled_at_once_and_its_offsets_move() -> None:
    handler = Handler()
    outcome, letters = await process(
        handler, numbered(1, offset=5), numbered(2, offset=6), numbered(3, partition=1, offset=40)
    )
    assert handler.calls == [[1, 2, 3]]
    assert outcome == Outcome({FIRST: 7, SECOND: 41})
    assert letters == []


async def test_one_bad_record_of_a_hundred_is_found_and_the_rest_handled_in_order() -> None:
    handler = Handler(on_number(37, Permanent("no")))
    outcome, letters = await process(handler, *(numbered(n, offset=n) for n in range(100)))
    assert handler.handled == [n for n in range(100) if n != 37]
    assert [letter.record.offset for letter in letters] == [37]
    assert outcome == Outcome({FIRST: 100})
    assert len(handler.calls) < 20


async def test_a_named_record_is_given_up_without_halving() -> None:
    def fail(deliveries: Sequence[Delivery[Fact]]) -> None:
        for delivery in deliveries:
            if delivery.event.number == 3:
                raise Permanent("three", delivery=delivery)

    handler = Handler(fail)
    _, letters = await process(handler, *(numbered(n, offset=n) for n in range(8)))
    assert handler.calls == [list(range(8)), [0, 1, 2, 4, 5, 6, 7]]
    assert reason(letters[0]) == "three"


async def test_a_handler_bug_is_tried_a_bounded_number_of_times() -> None:
    handler = Handler(on_number(1, ZeroDivisionError("division by zero")))
    outcome, letters = await process(handler, numbered(1, offset=0))
    assert handler.calls == [[1], [1], [1]]
    headers = dict(letters[0].headers)
    assert headers["dlq.exception-class"] == b"ZeroDivisionError"
    assert outcome == Outcome({FIRST: 1})


async def test_a_bug_that_goes_away_is_no_dead_letter() -> None:
    failures = iter([RuntimeError("once")])

    def fail(_: object) -> None:
        for error in failures:
            raise error

    handler = Handler(fail)
    outcome, letters = await process(handler, numbered(1, offset=0))
    assert handler.handled == [1]
    assert (outcome, letters) == (Outcome({FIRST: 1}), [])


async def test_a_transient_failure_puts_back_what_is_not_done() -> None:
    error = Transient("database is away")
    outcome, letters = await process(
        Handler(on_number(2, error)), numbered(1, offset=1), numbered(2, partition=1, offset=2)
    )
    assert outcome == Outcome({}, {FIRST: 1, SECOND: 2}, error)
    assert letters == []


async def test_what_was_settled_before_a_transient_failure_moves() -> None:
    def fail(deliveries: Sequence[Delivery[Fact]]) -> None:
        numbers = {delivery.event.number for delivery in deliveries}
        if len(numbers) > 1:
            raise RuntimeError("halve me")
        if numbers == {3}:
            raise Transient("away")

    handler = Handler(fail)
    outcome, _ = await process(handler, *(numbered(n, offset=n) for n in range(5)))
    assert handler.handled == [0, 1, 2]
    assert (outcome.commit, outcome.rewind) == ({FIRST: 3}, {FIRST: 3})
    assert isinstance(outcome.failure, Transient)


async def test_broken_records_do_not_reach_the_handler() -> None:
    handler = Handler()
    broken = record(b"{", offset=1)
    outcome, letters = await process(handler, numbered(0, offset=0), broken, numbered(2, offset=2))
    assert handler.calls == [[0, 2]]
    assert letters[0].record is broken
    assert outcome == Outcome({FIRST: 3})


async def test_broken_records_behind_an_unsettled_one_stay_where_they_are() -> None:
    outcome, letters = await process(
        Handler(on_number(0, Transient("away"))), numbered(0, offset=0), record(b"{", offset=1)
    )
    assert letters == []
    assert outcome.rewind == {FIRST: 0}


async def test_without_a_dead_letter_nothing_moves() -> None:
    handler = Handler()
    outcome, _ = await process(
        handler, numbered(0, offset=0), record(b"{", offset=1), letters=Letters(refuse=True)
    )
    assert outcome.commit == {}
    assert outcome.rewind == {FIRST: 0}
    assert isinstance(outcome.failure, ConnectionError)


async def test_revoked_partitions_are_neither_handled_nor_committed() -> None:
    handler = Handler()
    outcome, _ = await process(
        handler,
        numbered(1, offset=0),
        numbered(2, partition=1, offset=0),
        owned=lambda partition: partition == FIRST,
    )
    assert handler.calls == [[1]]
    assert outcome == Outcome({FIRST: 1})


async def test_a_batch_of_unwanted_types_calls_nobody_and_moves() -> None:
    handler = Handler()
    outcome, _ = await process(handler, record(b"x", ce_type="other", offset=3))
    assert handler.calls == []
    assert outcome == Outcome({FIRST: 4})


async def test_the_reason_of_a_dead_letter_holds_no_secret() -> None:
    bug = ValueError("Authorization: Bearer abcdefgh12345678\nsecond line")
    _, letters = await process(Handler(on_number(1, bug)), numbered(1, offset=0))
    assert "abcdefgh12345678" not in reason(letters[0])
    assert "second line" not in reason(letters[0])


@pytest.mark.parametrize("step", ["small.follow:after-read", "small.follow:after-read#1"])
async def test_the_failpoint_after_reading_is_reached(step: str) -> None:
    reached: list[str] = []
    handler = Handler()
    subscription = Subscription("small.follow", TOPIC, handler, {Fact.ce_type(): Fact})
    processor = BatchProcessor(
        subscription,
        Letters().write,
        policy=Policy(),
        failpoints=Failpoints(step, die=lambda: reached.append(step)),
    )
    await processor.process([numbered(1, offset=0)], lambda _: True)
    await processor.process([numbered(2, offset=1)], lambda _: True)
    assert reached == [step]
