"""A dead letter keeps every byte and says why; its reader gets it back."""

import pytest
from aiokafka import ConsumerRecord
from support.records import numbered, record

from truestock.chassis.deadletters import DeadLetterSubscription, RawDelivery, why
from truestock.chassis.delivery import Permanent


async def nobody(_: object) -> None:
    """Handles nothing."""


def letter_of(original: ConsumerRecord, reason: str = "it is broken") -> ConsumerRecord:
    """The record that the dead-letter topic holds."""
    headers = why(original, group="small.follow", error=Permanent(reason), reason=reason, attempts=2)
    return record(original.value, key=original.key, headers=headers)


def read(letter: ConsumerRecord) -> RawDelivery:
    """The letter as its follower sees it."""
    return DeadLetterSubscription("follower", ("small.follow.dlq",), nobody).decode(letter, (None, None))


def test_a_dead_letter_comes_back_with_the_original_bytes_and_the_reason() -> None:
    original = numbered(1, offset=77, partition=3)
    delivery = read(letter_of(original))
    assert (delivery.value, delivery.key) == (original.value, original.key)
    assert delivery.headers == list(original.headers)
    assert (delivery.original_partition, delivery.original_offset) == (3, 77)
    assert (delivery.reason, delivery.attempts, delivery.exception_class) == ("it is broken", 2, "Permanent")
    assert delivery.consumer_group == "small.follow"
    assert delivery.original_envelope is not None


def test_a_letter_that_was_no_event_has_no_original_envelope() -> None:
    delivery = read(letter_of(record(b"\xff", headers=[("x", b"\xff")])))
    assert delivery.original_envelope is None
    assert delivery.value == b"\xff"


def test_the_same_letter_twice_has_one_identity_and_two_letters_have_two() -> None:
    first, again, other = (read(letter_of(numbered(1, offset=n))) for n in (5, 5, 6))
    assert first.envelope.id == again.envelope.id
    assert first.envelope.id != other.envelope.id
    assert first.envelope.time.tzinfo is not None


def test_what_is_no_dead_letter_is_refused() -> None:
    with pytest.raises(Permanent):
        read(numbered(1))


def test_a_reason_is_redacted_and_short() -> None:
    delivery = read(letter_of(numbered(1), "token=x Bearer abcdefghijkl " + "long " * 1000))
    assert "abcdefghijkl" not in delivery.reason
    assert len(delivery.reason) <= 1000
