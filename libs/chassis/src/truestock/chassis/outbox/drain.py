"""The leader's work: claim, publish and delete, one lane per topic.

**Invariant.** At any time at most one batch per topic is on its way, and it holds for each of its keys a
run of that key's oldest unsent rows, without a gap, in the order of their numbers. So the first copies of
a key's records lie on its partition in commit order. That rests on three things:

* the *table* says what is next, never this process's memory: a row of the same key that another process
  committed, or that a crash left, has a lower number, is visible before a later row of its key can be
  committed (its writer held the aggregate's lock until then), and is claimed with or before that row.
  Contents from memory would be safe, but save nothing (measured: docs/adr/0003);
* what a claim excludes is excluded by whole topics (busy, failing) or by whole keys (parked), so that no
  later row of a key passes an earlier one;
* one leader: the advisory lock, held by the session that claims and deletes.

A row is deleted after the broker acknowledged it. Between the two a crash, a lost session or a lost
acknowledgement makes a second copy, of a row or of a whole batch; it may lie behind later records of the
key when a leader that lost its session still had a batch on its way. Consumers drop second copies by
their id, and readers of a compacted topic by the version in it.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import NoReturn, Protocol

from truestock.chassis import metrics
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.outbox.claim import Claimed
from truestock.chassis.outbox.publish import Producer, Published, publish

log = logging.getLogger(__name__)

PAUSES_S = (1.0, 15.0)
"""First and longest pause before a topic that failed is tried again."""


class Table(Protocol):
    """The part of the outbox that the leader needs."""

    async def next(self, sent: Sequence[int], busy: Collection[str]) -> list[Claimed]:
        """Delete what was sent; the oldest unsent rows, in order, without topics that are busy."""

    async def park(self, seq: int, reason: str) -> None:
        """Hold this row and the later ones of its key back."""

    async def parked(self) -> int:
        """How many keys are held back."""


@dataclass(slots=True)
class Lane:
    """One topic: what is on its way there, or how long to leave it alone."""

    batch: "asyncio.Task[Published] | None" = None
    oldest: datetime | None = None
    failures: int = 0
    retry_at: float = 0.0

    def is_busy(self, now: float) -> bool:
        """Whether no row of the topic may be claimed now."""
        return self.batch is not None or self.retry_at > now


@dataclass(slots=True)
class Signals:
    """What the leader waits for. ``woken`` are topics with new rows; None stands for any topic."""

    woken: set[str | None] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, topics: Iterable[str | None]) -> None:
        """There are new rows of ``topics``."""
        self.woken.update(topics)
        self.idle.clear()
        self.changed.set()


class Drain:
    """Publishes what the table holds until it is cancelled; raises what its database session raises."""

    def __init__(
        self,
        table: Table,
        producer: Producer,
        signals: Signals,
        *,
        max_message_bytes: int,
        sweep_s: float,
        failpoints: Failpoints,
        pauses_s: tuple[float, float] = PAUSES_S,
    ) -> None:
        self._table = table
        self._producer = producer
        self._signals = signals
        self._max_message_bytes = max_message_bytes
        self._sweep_s = sweep_s
        self._failpoints = failpoints
        self._pauses_s = pauses_s
        self._lanes: dict[str, Lane] = {}
        self._sent: list[int] = []

    async def run(self) -> NoReturn:
        """Claim, publish, delete, and wait for more."""
        metrics.PARKED.set(await self._table.parked())
        try:
            while True:
                await self._turn()
                await self._wait()
        finally:
            for topic, lane in self._lanes.items():
                if lane.batch is not None:
                    lane.batch.cancel()
                metrics.OUTBOX_HELD.labels(topic).set(0)

    async def _turn(self) -> None:
        """Settle what came back, and send what is next."""
        for topic, lane in self._lanes.items():
            if lane.batch is not None and lane.batch.done():
                published, lane.batch = lane.batch.result(), None
                await self._settle(topic, lane, published)
        busy = self._busy()
        self._signals.woken &= busy
        sent, self._sent = self._sent, []
        claim = await self._table.next(sent, busy)
        by_topic: dict[str, list[Claimed]] = {}
        for row in claim:
            by_topic.setdefault(row.topic, []).append(row)
        for topic, rows in by_topic.items():
            self._send(topic, rows)
        self._note_age()
        is_sending = any(lane.batch is not None for lane in self._lanes.values())
        if not is_sending and not self._signals.woken - busy:
            self._signals.idle.set()

    def _busy(self) -> set[str]:
        now = monotonic()
        return {topic for topic, lane in self._lanes.items() if lane.is_busy(now)}

    def _send(self, topic: str, rows: Sequence[Claimed]) -> None:
        lane = self._lanes.setdefault(topic, Lane())
        lane.oldest = rows[0].created_at
        lane.batch = asyncio.create_task(self._publish(rows), name=f"publish {topic}")
        lane.batch.add_done_callback(lambda _: self._signals.changed.set())

    async def _publish(self, rows: Sequence[Claimed]) -> Published:
        self._failpoints.reach("relay:before-publish")
        started = monotonic()
        try:
            published = await publish(self._producer, rows, max_message_bytes=self._max_message_bytes)
        except Exception as error:
            # whatever it is, it must not hold up the other topics
            log.exception("rows of topic %s cannot be published", rows[0].topic)
            published = Published(failure=error)
        self._failpoints.reach("relay:after-publish")
        failed = type(published.failure).__name__ if published.failure is not None else ""
        unsent = len(rows) - len(published.sent) if failed else len(published.refused)
        metrics.sent(rows[0].topic, len(published.sent), unsent, monotonic() - started, error=failed)
        return published

    async def _settle(self, topic: str, lane: Lane, published: Published) -> None:
        self._sent += [row.seq for row in published.sent]
        metrics.PUBLISHED.labels(topic).inc(len(published.sent))
        for row, reason in published.refused:
            log.error("outbox row %d of topic %s is parked: %s", row.seq, topic, reason, extra={"cause": row})
            await self._table.park(row.seq, reason)
        if published.refused:
            metrics.PARKED.set(await self._table.parked())
        if published.failure is None:
            if lane.failures:
                log.info("topic %s takes rows again", topic)
            lane.failures, lane.oldest = 0, None
        else:
            first, longest = self._pauses_s
            pause = min(first * 2.0**lane.failures, longest)
            lane.failures += 1
            lane.retry_at = monotonic() + pause
            log.warning("rows of topic %s wait %.0f s: %s", topic, pause, type(published.failure).__name__)
        metrics.OUTBOX_HELD.labels(topic).set(1 if lane.failures else 0)

    def _note_age(self) -> None:
        waiting = [lane.oldest for lane in self._lanes.values() if lane.oldest is not None]
        age = (datetime.now(UTC) - min(waiting)).total_seconds() if waiting else 0.0
        metrics.OUTBOX_AGE.set(max(age, 0.0))

    async def _wait(self) -> None:
        """Until there is something to do: a batch came back, rows for a free topic, or the sweep's time."""
        now = monotonic()
        retries = [
            lane.retry_at for lane in self._lanes.values() if lane.batch is None and lane.retry_at > now
        ]
        until = min([now + self._sweep_s, *retries])
        while not self._has_work():
            self._signals.changed.clear()
            try:
                # not wait_for: in Python 3.11 it swallows a cancellation that meets a result
                async with asyncio.timeout(until - monotonic()):
                    await self._signals.changed.wait()
            except TimeoutError:
                return

    def _has_work(self) -> bool:
        if any(lane.batch is not None and lane.batch.done() for lane in self._lanes.values()):
            return True
        return bool(self._signals.woken - self._busy())
