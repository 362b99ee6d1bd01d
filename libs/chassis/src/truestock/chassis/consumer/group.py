"""One consumer group at work: assignment, offsets, pauses. Called by FastStream with raw batches."""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from truestock.chassis import metrics
from truestock.chassis.consumer.batch import BatchProcessor, Outcome
from truestock.chassis.consumer.lag import Reader, Waiting, waiting_for
from truestock.chassis.consumer.offsets import Committing, Offsets
from truestock.chassis.delivery import DatabaseRefusal
from truestock.chassis.failpoints import Failpoints

log = logging.getLogger(__name__)

OBSERVE_S = 1.0
"""Looking at the lag takes no longer: a partition whose position is being looked up has none."""
REVOKE_GRACE_S = 5.0
"""A batch that runs when its partition is taken away may finish for so long; then it is dropped."""


PERSISTENT = 2
"""So many failures in a row are more than bad luck."""


class Consumer(Committing, Protocol):
    """The part of aiokafka's consumer that the group needs."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read from ``offset`` next."""


class GroupConsumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Handles the batches of one group, one after the other."""

    def __init__(
        self,
        group: str,
        processor: BatchProcessor,
        *,
        backoff_base_s: float,
        backoff_cap_s: float,
        failpoints: Failpoints,
        revoke_grace_s: float = REVOKE_GRACE_S,
    ) -> None:
        self.group = group
        self._processor = processor
        self._base_s = backoff_base_s
        self._cap_s = backoff_cap_s
        self._offsets = Offsets(group, failpoints)
        self._grace_s = revoke_grace_s
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._generation = 0
        self._failures = 0
        self._last_failure: Exception | None = None
        self._running: asyncio.Task[Outcome] | None = None
        self._finished = asyncio.Event()
        self._finished.set()
        self._interrupt = asyncio.Event()
        self._oldest_ms: int | None = None
        self._at_hand = 0
        self._waiting = Waiting()
        metrics.LAG_SECONDS.labels(group).set_function(self.lag_seconds)
        self._paused = metrics.PAUSED.labels(group)

    @property
    def is_assigned(self) -> bool:
        """Whether the group has formed (a member without partitions is ready too)."""
        return self._generation > 0

    @property
    def refusal(self) -> str | None:
        """Why the database takes none of the group's work, although it may answer; None while it does.

        Too many connections pass with the next attempt: said is what has struck twice in a row.
        """
        if self._failures < PERSISTENT or not isinstance(self._last_failure, DatabaseRefusal):
            return None
        return self._last_failure.reason

    def lag_seconds(self) -> float:
        """Age of the oldest record that is not handled yet, as far as that is known; 0 when there is none.

        Known is the age of those at hand, and since when others have waited at least (:meth:`observe`).
        """
        since = [ms for ms in (self._oldest_ms, self._waiting.since_ms) if ms is not None]
        return max(0.0, time.time() - min(since) / 1000) if since else 0.0

    async def observe(self, consumer: Reader) -> None:
        """Look how much waits behind the records at hand."""
        with suppress(KafkaError, TimeoutError):  # while partitions change hands the last look stands
            async with asyncio.timeout(OBSERVE_S):
                self._waiting = await waiting_for(consumer)
        metrics.LAG_RECORDS.labels(self.group).set(self._at_hand + self._waiting.records)

    async def wind_up(self) -> None:
        """The process stops: cut pauses short, and leave no offset for later (bounded)."""
        self._interrupt.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._grace_s):
                await self._offsets.flush()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Let the running batch finish and commit, or drop it: somebody else reads these partitions next."""
        self._interrupt.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._grace_s):
                await self._finished.wait()
                await self._offsets.flush()
        if self._running is not None and not self._finished.is_set():
            log.warning("%s drops a batch: its partitions were revoked", self.group)
            self._running.cancel()
        self._offsets.forget()
        self._assigned -= frozenset(revoked)
        self._oldest_ms = None
        self._waiting = Waiting()
        metrics.ASSIGNED.labels(self.group).set(len(self._assigned))

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """A new generation: what an earlier one still holds is not committed any more."""
        self._offsets.forget()
        self._assigned = frozenset(assigned)
        self._generation += 1
        self._failures = 0
        self._paused.set(0)
        self._interrupt.clear()
        metrics.ASSIGNED.labels(self.group).set(len(assigned))

    async def on_batch(self, records: Sequence[ConsumerRecord], consumer: Consumer) -> None:
        """Handle one batch: returns when it is settled or put back."""
        generation = self._generation
        started = time.monotonic()
        self._oldest_ms = min(record.timestamp for record in records)
        self._at_hand = len(records)

        def is_owned(partition: TopicPartition) -> bool:
            return self._generation == generation and partition in self._assigned

        self._finished.clear()
        try:
            outcome = await self._process(records, is_owned)
            if outcome is None:
                return
            await self._settle(consumer, outcome, is_owned)
        finally:
            self._at_hand = 0
            self._finished.set()
        metrics.BATCH_SECONDS.labels(self.group).observe(time.monotonic() - started)
        if outcome.failure is not None and self._generation == generation:
            await self._back_off(outcome, outcome.failure)
        else:
            if self._failures:
                self._paused.set(0)
            self._failures = 0
            self._oldest_ms = None

    async def _process(self, records: Sequence[ConsumerRecord], is_owned: "IsOwned") -> Outcome | None:
        """The outcome; None when the batch was dropped because its partitions were revoked."""
        self._running = running = asyncio.create_task(self._processor.process(records, is_owned))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if running.cancelled():
                return None
            # the process stops harder than a graceful stop: nothing is committed
            running.cancel()
            raise
        except Exception as error:
            # our own bug must not lose a batch: FastStream would go on to the next one
            log.exception("%s could not conclude a batch", self.group)
            return Outcome({}, _first_offsets(records), error)
        finally:
            self._running = None

    async def _settle(self, consumer: Consumer, outcome: Outcome, is_owned: "IsOwned") -> None:
        self._offsets.add(consumer, {tp: offset for tp, offset in outcome.commit.items() if is_owned(tp)})
        if self._interrupt.is_set():  # whoever reads these partitions next is to begin behind them
            await self._offsets.flush()
        for partition, offset in outcome.rewind.items():
            if is_owned(partition):
                consumer.seek(partition, offset)

    async def _back_off(self, outcome: Outcome, failure: Exception) -> None:
        self._failures += 1
        self._last_failure = failure
        longest = min(self._cap_s, self._base_s * 2 ** min(self._failures - 1, 16))
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311  # jitter, not a secret
        log.warning(
            "%s reads again in %.1f s: %s",
            self.group,
            pause,
            failure or type(failure).__name__,
            extra={"cause": outcome},
        )
        metrics.TRANSIENT.labels(self.group).inc()
        # until a batch succeeds: the next attempt may itself take long before it fails
        self._paused.set(1)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._interrupt.wait()


def _first_offsets(records: Sequence[ConsumerRecord]) -> dict[TopicPartition, int]:
    first: dict[TopicPartition, int] = {}
    for record in records:
        first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
    return first


class IsOwned(Protocol):
    """Whether a partition is still this process's to commit."""

    def __call__(self, partition: TopicPartition, /) -> bool:
        """True while it is."""
