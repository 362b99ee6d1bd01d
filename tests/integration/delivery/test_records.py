"""What becomes of good, repeated and bad records, with the others of their batch unharmed."""

import asyncio
from uuid import uuid4

import pytest
from support.small_service import (
    OTHER_WORKSPACE,
    PERMANENT,
    TRANSIENT_ONCE,
    VIOLATES_CHECK,
    WORKSPACE,
    Fact,
    Running,
    fact,
    record_headers,
)
from support.waiting import eventually

from truestock.chassis.consumer.runner import MAX_PARTITION_FETCH_BYTES

pytestmark = pytest.mark.kafka


async def test_facts_are_stored_and_passed_on_in_their_order(running: Running) -> None:
    await running.parts.send(running.incoming, *(fact("order", n) for n in range(100, 160)))
    await running.has_stored("order", *range(100, 160))
    assert await running.published("order", 60) == list(range(100, 160))


async def test_a_record_that_comes_twice_counts_once(running: Running) -> None:
    event = fact("twice", 1)
    headers = record_headers(event)
    for _ in range(3):
        await running.parts.send(running.incoming, event, headers=headers)
    await running.parts.send(running.incoming, fact("twice", 2))
    await running.has_stored("twice", 1, 2)
    assert await running.published("twice", 2) == [1, 2]


async def test_a_record_that_is_larger_than_a_fetch_is_handled_in_its_place(running: Running) -> None:
    large = fact("large", 2, padding="x" * 4 * MAX_PARTITION_FETCH_BYTES)
    await running.parts.send(running.incoming, fact("large", 1), large, fact("large", 3))
    await running.has_stored("large", 1, 2, 3)
    assert await running.published("large", 3) == [1, 2, 3]


async def test_the_same_id_with_other_content_is_a_dead_letter(running: Running) -> None:
    event_id = str(uuid4())
    first, other = fact("reused", 1), fact("reused", 2)
    await running.parts.send(running.incoming, first, headers=record_headers(first, event_id=event_id))
    await running.has_stored("reused", 1)
    await running.parts.send(running.incoming, other, headers=record_headers(other, event_id=event_id))
    [letter] = await running.dead_letters(b"reused")
    assert b"seen with other content" in dict(letter.headers)["dlq.reason"]
    await running.has_stored("reused", 1)


MALFORMED = b'{"about": "x", \xff\x00 not json'


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("malformed", MALFORMED, b"json_invalid"),
        ("schema", b'{"about": 7}', b"missing"),
        ("empty", b"", b"json_invalid"),
    ],
)
async def test_a_broken_record_is_in_the_dead_letter_topic_byte_for_byte(
    running: Running, name: str, value: bytes, reason: bytes
) -> None:
    key = name.encode()
    headers = [*record_headers(fact(name, 1)), ("x-binary", b"\xff\xfe\x00"), ("x-binary", b"again")]
    await asyncio.gather(
        running.parts.send(running.incoming, fact(f"{name}-other", 1), fact(f"{name}-other", 2)),
        running.send_raw(value, headers, key=key),
        running.parts.send(running.incoming, fact(f"{name}-other", 3)),
    )
    [letter] = await running.dead_letters(key)
    assert letter.value == value
    assert list(letter.headers)[: len(headers)] == headers
    why = dict(letter.headers)
    assert why["dlq.original-topic"].decode() == running.incoming
    assert why["dlq.consumer-group"].decode() == running.group
    assert why["dlq.exception-class"] == b"Permanent"
    assert int(why["dlq.original-offset"]) >= 0
    assert int(why["dlq.original-timestamp"]) > 0
    assert {"dlq.original-partition", "dlq.attempts"} <= set(why)
    assert reason in why["dlq.reason"]
    await running.has_stored(f"{name}-other", 1, 2, 3)


async def test_a_record_without_an_envelope_is_a_dead_letter(running: Running) -> None:
    await running.send_raw(b"hello", [("not-utf-8", b"\xff")], key=b"no envelope")
    [letter] = await running.dead_letters(b"no envelope")
    assert letter.value == b"hello"
    assert letter.headers[0] == ("not-utf-8", b"\xff")


async def test_other_types_and_tombstones_are_skipped(running: Running) -> None:
    event = fact("skipped", 1)
    foreign = [(name, b"other.type" if name == "ce_type" else value) for name, value in record_headers(event)]
    await running.send_raw(b"not for us", foreign, key=b"skipped")
    await running.send_raw(None, record_headers(event), key=b"skipped")
    await running.parts.send(running.incoming, fact("skipped", 2))
    await running.has_stored("skipped", 2)


@pytest.mark.parametrize("bad", [VIOLATES_CHECK, PERMANENT])
async def test_one_poisonous_record_harms_only_itself(running: Running, bad: int) -> None:
    about = f"poison-{bad}"
    numbers = [*range(200, 220), bad, *range(220, 240)]
    await running.parts.send(running.incoming, *(fact(about, n) for n in numbers))
    good = [n for n in numbers if n != bad]
    await running.has_stored(about, *good)
    assert await running.published(about, len(good)) == good
    [letter] = await running.dead_letters(about.encode())
    assert Fact.model_validate_json(letter.value).number == bad


async def test_a_transient_failure_is_read_again_and_loses_nothing(running: Running) -> None:
    running.parts.follower.transient.add(TRANSIENT_ONCE)
    await running.parts.send(running.incoming, *(fact("transient", n) for n in (1, TRANSIENT_ONCE, 16)))
    await running.has_stored("transient", 1, TRANSIENT_ONCE, 16)
    assert not running.parts.follower.transient


async def test_two_workspaces_in_one_batch_keep_to_themselves(running: Running) -> None:
    await running.parts.send(
        running.incoming,
        *(fact("shared", n, workspace=WORKSPACE if n % 2 else OTHER_WORKSPACE) for n in range(300, 320)),
    )
    await running.has_stored("shared", *range(301, 320, 2))
    theirs = await running.parts.stored(OTHER_WORKSPACE)
    assert theirs == [("shared", n) for n in range(300, 320, 2)]


async def test_offsets_move_past_everything_that_is_settled(running: Running) -> None:
    await running.parts.send(running.incoming, fact("last", 1))
    await running.has_stored("last", 1)

    async def all_committed() -> bool:
        # not the topic's end: the embedded broker reports another one than it serves
        assert await running.committed() == running.parts.sent
        return True

    await eventually(all_committed)
