"""One batch: decode, handle, isolate what is bad, and say which offsets may move.

Knows neither FastStream nor a consumer: the runner feeds it and acts on its outcome.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from aiokafka import ConsumerRecord, TopicPartition
from opentelemetry.trace import Span

from truestock.chassis import failpoints as steps
from truestock.chassis import metrics
from truestock.chassis.consumer.dead_letter_writer import DeadLetter
from truestock.chassis.consumer.decode import trace_headers
from truestock.chassis.consumer.subscription import AnySubscription, Trace
from truestock.chassis.deadletters import why
from truestock.chassis.delivery import Permanent, Received, Transient
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.telemetry import messaging
from truestock.chassis.telemetry.context import trace_of

log = logging.getLogger(__name__)

WriteDeadLetters = Callable[[Sequence[DeadLetter]], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Entry:
    """One record on its way. ``done`` means: handled, skipped or given up (then ``error`` says why)."""

    record: ConsumerRecord
    partition: TopicPartition
    trace: Trace
    span: Span | None
    item: Received | None = None
    error: Exception | None = None
    reason: str = ""
    attempts: int = 1
    done: bool = False

    @property
    def traceparent(self) -> str | None:
        """The record's own trace, known even where the record could not be decoded."""
        return trace_of(self.span)[0] if self.span is not None else self.trace[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the runner does next: offsets to commit, offsets to read again from, and why.

    ``traceparent`` is the batch's own trace, for what is logged about it afterwards.
    """

    commit: dict[TopicPartition, int] = field(default_factory=dict)
    rewind: dict[TopicPartition, int] = field(default_factory=dict)
    failure: Exception | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """How often one record is tried before a handler bug is given up, and the limits of time (seconds)."""

    attempts: int = 3
    pause_s: float = 0.2
    timeout_s: float = 120.0


class BatchProcessor:
    """The failure policy of one subscription."""

    def __init__(
        self,
        subscription: AnySubscription,
        write_dead_letters: WriteDeadLetters,
        *,
        policy: Policy,
        failpoints: Failpoints,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._subscription = subscription
        self._write = write_dead_letters
        self._policy = policy
        self._failpoints = failpoints
        self._pause = pause

    async def process(
        self, records: Sequence[ConsumerRecord], is_owned: Callable[[TopicPartition], bool]
    ) -> Outcome:
        """Handle ``records`` as far as possible. Never raises for a record's or handler's failure."""
        group = self._subscription.group
        entries = [self._decode(record) for record in records]
        for topic, count in Counter(record.topic for record in records).items():
            metrics.consumed(topic, group, count)
        self._failpoints.reach(f"{group}:after-read")
        token = steps.scope.set(group)
        failure: Exception | None = None
        traceparent: str | None = None
        try:
            traceparents = [entry.trace[0] for entry in entries]
            with messaging.batch_span(records[0].topic, group, len(records), traceparents) as span:
                traceparent = trace_of(span)[0]
                await self._handle([entry for entry in entries if not entry.done], is_owned)
        except Transient as error:
            failure = error
        finally:
            steps.scope.reset(token)
            for entry in entries:
                messaging.end(entry.span, error=entry.reason if entry.error else None)
        outcome = await self._conclude(entries, is_owned, failure)
        return replace(outcome, traceparent=traceparent)

    def _decode(self, record: ConsumerRecord) -> Entry:
        trace = trace_headers(record)
        span = messaging.start_process_span(record, self._subscription.group, *trace)
        entry = Entry(record, TopicPartition(record.topic, record.partition), trace, span)
        try:
            entry.item = self._subscription.decode(record, trace_of(span) if span is not None else trace)
            entry.done = entry.item is None
        except Permanent as error:
            self._give_up(entry, error, error.reason)
        except Exception as error:
            # a decoder's bug is a bad record too: it must not stop its partition
            self._give_up(entry, error, f"it could not be decoded: {type(error).__name__}")
        return entry

    async def _handle(self, entries: list[Entry], is_owned: Callable[[TopicPartition], bool]) -> None:
        """Handle all; on failure halve, so that one bad record harms only itself. Raises Transient."""
        entries = [entry for entry in entries if is_owned(entry.partition)]
        if not entries:
            return
        try:
            await self._attempt(entries)
        except Transient:
            raise
        except Permanent as error:
            named = [entry for entry in entries if entry.item is error.delivery]
            if named or len(entries) == 1:
                culprit = named[0] if named else entries[0]
                self._give_up(culprit, error, error.reason)
                await self._handle([entry for entry in entries if entry is not culprit], is_owned)
            else:
                await self._halves(entries, is_owned)
        except Exception as error:
            log.exception("handler of %s failed on %d records", self._subscription.group, len(entries))
            for entry in entries:
                entry.attempts += 1
            if len(entries) > 1:
                await self._halves(entries, is_owned)
            elif entries[0].attempts > self._policy.attempts:
                self._give_up(entries[0], error, _describe(error))
            else:
                await self._pause(self._policy.pause_s * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
                await self._handle(entries, is_owned)
        else:
            for entry in entries:
                entry.done = True

    async def _halves(self, entries: list[Entry], is_owned: Callable[[TopicPartition], bool]) -> None:
        middle = len(entries) // 2
        await self._handle(entries[:middle], is_owned)
        await self._handle(entries[middle:], is_owned)

    async def _attempt(self, entries: list[Entry]) -> None:
        try:
            async with asyncio.timeout(self._policy.timeout_s):
                await self._subscription.handle([entry.item for entry in entries])
        except TimeoutError as error:
            raise Transient("the handler took too long, or something that it waits for") from error

    def _give_up(self, entry: Entry, error: Exception, reason: str) -> None:
        entry.error = error
        entry.reason = reason
        entry.done = True

    async def _conclude(
        self, entries: list[Entry], is_owned: Callable[[TopicPartition], bool], failure: Exception | None
    ) -> Outcome:
        """Dead letters first, then the offsets: a dead letter that is not there moves nothing."""
        group = self._subscription.group
        owned = [entry for entry in entries if is_owned(entry.partition)]
        first: dict[TopicPartition, int] = {}
        commit: dict[TopicPartition, int] = {}
        rewind: dict[TopicPartition, int] = {}
        settled: list[Entry] = []
        for entry in owned:
            first.setdefault(entry.partition, entry.record.offset)
            if entry.partition in rewind:
                continue
            if entry.done:
                settled.append(entry)
                commit[entry.partition] = entry.record.offset + 1
            else:
                rewind[entry.partition] = entry.record.offset
        letters = [self._letter(entry) for entry in settled if entry.error is not None]
        if letters:
            try:
                await self._write(letters)
            except Exception as error:
                log.error("%s could not write %d dead letters: %s", group, len(letters), type(error).__name__)
                return Outcome({}, first, error)
            self._failpoints.reach(f"{group}:after-dead-letters")
            metrics.DEAD_LETTERS.labels(group).inc(len(letters))
        for entry in settled:
            if entry.error is not None:
                log.error(
                    "dead letter of %s: %s/%d offset %d: %s",
                    group,
                    entry.record.topic,
                    entry.record.partition,
                    entry.record.offset,
                    entry.reason,
                    extra={"cause": entry},
                )
        metrics.CONSUMED.labels(group, "handled").inc(len(settled) - len(letters))
        metrics.CONSUMED.labels(group, "dead-lettered").inc(len(letters))
        return Outcome(commit, rewind, failure)

    def _letter(self, entry: Entry) -> DeadLetter:
        if entry.error is None:
            raise ValueError("only a record that was given up becomes a dead letter")
        headers = why(
            entry.record,
            group=self._subscription.group,
            error=entry.error,
            reason=entry.reason,
            attempts=entry.attempts,
        )
        return DeadLetter(entry.record, headers)


def _describe(error: Exception) -> str:
    """The class and the first line: no traceback, no statement, no parameters."""
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:300]}"
