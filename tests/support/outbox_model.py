"""An outbox and a broker in memory: commits out of number order, lost answers, refusals, a missing topic."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    UnknownTopicOrPartitionError,
)
from support.batches import FakeBatch, records_of

from truestock.chassis.outbox.claim import Claimed
from truestock.chassis.outbox.publish import Batch

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def row(seq: int, topic: str, key: str) -> Claimed:
    """An unsent row whose value is its number."""
    return Claimed(seq, topic, key, str(seq).encode(), [], None, None, SOME_DAY)


@dataclass
class ModelTable:
    """Commits one group of ``commits`` at each look, and says in ``settled`` when nothing more can leave."""

    commits: list[list[Claimed]]
    limit: int = 3
    stuck: frozenset[str] = frozenset()
    waiting: dict[int, Claimed] = field(default_factory=dict)
    parked_rows: dict[int, str] = field(default_factory=dict)
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    looks: int = 0
    lose_session_at: frozenset[int] = frozenset()

    async def next(self, sent: Sequence[int], busy: Collection[str]) -> list[Claimed]:
        self.looks += 1
        if self.looks in self.lose_session_at:
            # the rows in ``sent`` were published and are not deleted
            raise ConnectionResetError
        for seq in sent:
            del self.waiting[seq]
        if self.commits:
            self.waiting.update((row.seq, row) for row in self.commits.pop(0))
        free = [row for row in self._free() if row.topic not in busy]
        if not self.commits and all(row.topic in self.stuck for row in self._free()):
            self.settled.set()
        return free[: self.limit]

    def _free(self) -> Iterator[Claimed]:
        held = set()
        for seq in sorted(self.waiting):
            one = self.waiting[seq]
            if seq in self.parked_rows:
                held.add((one.topic, one.key))
            elif (one.topic, one.key) not in held:
                yield one

    async def park(self, seq: int, reason: str) -> None:
        self.parked_rows[seq] = reason

    async def parked(self) -> int:
        return len(self.parked_rows)


@dataclass
class ModelBroker:
    """Takes batches; ``fates`` says what happens to each in turn: taken, taken without an answer, or lost.

    A batch has ``room`` for so many bytes.
    """

    fates: list[str] = field(default_factory=list)
    refused: frozenset[int] = frozenset()
    missing: set[str] = field(default_factory=set)
    room: int = 1000
    log: list[tuple[str, str, int]] = field(default_factory=list)

    async def partitions_for(self, topic: str) -> set[int]:
        if topic in self.missing:
            raise UnknownTopicOrPartitionError
        return {0}

    def create_batch(self) -> FakeBatch:
        return FakeBatch(self.room)

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[object]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()
        records = [(topic, key.decode(), int(value or b"0")) for key, value in records_of(batch)]
        loop.call_soon(self._take, records, future)
        return future

    def _take(self, batch: list[tuple[str, str, int]], future: "asyncio.Future[object]") -> None:
        failure: KafkaError | None = None
        fate = self.fates.pop(0) if self.fates else "taken"
        if self.refused & {seq for _, _, seq in batch}:
            failure = MessageSizeTooLargeError()
        elif fate != "taken":
            failure = KafkaConnectionError()
        if failure is None or (fate == "unanswered" and not isinstance(failure, MessageSizeTooLargeError)):
            self.log += batch
        if future.done():
            return
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)
            future.exception()  # who cancelled the send does not ask

    def first_copies(self, topic: str, key: str) -> list[int]:
        """The numbers of a key in the order in which a reader meets them first."""
        return list(dict.fromkeys(seq for at, about, seq in self.log if (at, about) == (topic, key)))
