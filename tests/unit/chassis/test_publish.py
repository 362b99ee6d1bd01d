"""The relay's publishing with a fake producer: what a refusal and a failure hold back."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from support.batches import FakeBatch, records_of

from truestock.chassis.outbox.claim import Claimed
from truestock.chassis.outbox.publish import Batch, Published, publish


@dataclass
class FakeProducer:
    """Acknowledges every batch but those with a value that it was told to fail."""

    refuse: set[bytes] = field(default_factory=set)
    lose: set[bytes] = field(default_factory=set)
    taken: list[bytes] = field(default_factory=list)
    room: int = 1000

    async def partitions_for(self, topic: str) -> set[int]:
        return {0}

    def create_batch(self) -> FakeBatch:
        return FakeBatch(self.room)

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[object]":
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        values = [value or b"" for _, value in records_of(batch)]
        if self.refuse & {*values}:
            future.set_exception(MessageSizeTooLargeError())
        elif self.lose & {*values}:
            future.set_exception(KafkaConnectionError())
        else:
            self.taken += values
            future.set_result(None)
        return future


def row(seq: int, key: str, value: bytes) -> Claimed:
    """An unsent row."""
    return Claimed(seq, "t", key, value, [], None, None, datetime(2026, 1, 1, tzinfo=UTC))


ROWS = [row(1, "a", b"a1"), row(2, "b", b"b1"), row(3, "a", b"a2"), row(4, "b", b"b2"), row(5, "a", b"a3")]


async def published(producer: FakeProducer, limit: int = 1000) -> Published:
    """The rows, published."""
    return await publish(producer, ROWS, max_message_bytes=limit)


def seqs(rows: list[Claimed]) -> list[int]:
    """Their numbers."""
    return [row.seq for row in rows]


async def test_all_leave_in_their_order() -> None:
    producer = FakeProducer()
    result = await published(producer)
    assert producer.taken == [b"a1", b"b1", b"a2", b"b2", b"a3"]
    assert (seqs(result.sent), result.refused, result.failure) == ([1, 2, 3, 4, 5], [], None)


async def test_a_refused_row_is_found_in_its_batch_and_holds_back_its_key_only() -> None:
    producer = FakeProducer(refuse={b"a2"})
    result = await published(producer)
    assert producer.taken == [b"a1", b"b1", b"b2"]
    assert seqs(result.sent) == [1, 2, 4]
    assert [(row.seq, reason) for row, reason in result.refused] == [
        (3, "the broker refuses it (MessageSizeTooLargeError)")
    ]


async def test_a_row_that_is_too_large_is_not_even_sent() -> None:
    large = [row(1, "a", b"x" * 2000), row(2, "a", b"later"), row(3, "b", b"fine")]
    producer = FakeProducer()
    result = await publish(producer, large, max_message_bytes=1000)
    assert producer.taken == [b"fine"]
    assert seqs([refused for refused, _ in result.refused]) == [1]


async def test_what_finds_no_room_is_left_for_the_next_claim_with_the_later_rows_of_its_key() -> None:
    rows = [row(1, "a", b"a1"), row(2, "b", b"long"), row(3, "b", b"b2"), row(4, "a", b"a2")]
    producer = FakeProducer(room=4)
    result = await publish(producer, rows, max_message_bytes=1000)
    assert producer.taken == [b"a1", b"a2"]
    assert (seqs(result.sent), result.refused, result.failure) == ([1, 4], [], None)


async def test_a_lost_batch_is_neither_sent_nor_refused() -> None:
    producer = FakeProducer(lose={b"b1"})
    result = await published(producer)
    assert (result.sent, result.refused) == ([], [])
    assert isinstance(result.failure, KafkaConnectionError)
