"""Dead letters: the original record, byte for byte, plus headers that say why; and reading them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from truestock.chassis.delivery import Permanent
from truestock.chassis.inbox import content_hash
from truestock.chassis.kafka import Headers
from truestock.chassis.telemetry.redaction import redact
from truestock.contracts.envelope import Envelope, InvalidEnvelope

MAX_REASON = 1_000
PREFIX = "dlq."
WHY = (
    "dlq.original-topic",
    "dlq.original-partition",
    "dlq.original-offset",
    "dlq.original-timestamp",
    "dlq.consumer-group",
    "dlq.exception-class",
    "dlq.reason",
    "dlq.attempts",
)
"""The headers that a dead letter has more than its original, in their order, at the end."""


def topic_of(group: str) -> str:
    """The dead-letter topic of a consumer group."""
    return f"{group}.dlq"


def why(record: ConsumerRecord, *, group: str, error: BaseException, reason: str, attempts: int) -> Headers:
    """The headers of a dead letter: the original ones unchanged, then ours.

    A record that was a dead letter before keeps its first story: earlier ``dlq.*`` headers stay in front.
    """
    values = (
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        group,
        type(error).__name__,
        redact(reason)[:MAX_REASON],
        attempts,
    )
    ours = zip(WHY, values, strict=True)
    return [*record.headers, *((name, str(value).encode()) for name, value in ours)]


@dataclass(frozen=True, slots=True)
class RawDelivery:
    """One dead letter, undecoded: ``headers``, ``key`` and ``value`` are the original record's bytes.

    ``original_envelope`` is None when the original was no event. ``envelope`` and ``content_hash`` identify
    the dead letter itself, so that a transaction's ``first_sight`` accepts it.
    """

    headers: Headers
    key: bytes | None
    value: bytes | None
    reason: str
    exception_class: str
    attempts: int
    consumer_group: str
    original_topic: str
    original_partition: int
    original_offset: int
    original_timestamp_ms: int
    original_envelope: Envelope | None
    topic: str
    partition: int
    offset: int
    envelope: Envelope
    content_hash: bytes
    traceparent: str | None = None
    tracestate: str | None = None


@dataclass(frozen=True)
class DeadLetterSubscription:
    """One consumer group that reads dead-letter topics as :class:`RawDelivery`."""

    group: str
    topics: tuple[str, ...]
    handle: Callable[[Sequence[RawDelivery]], Awaitable[None]]
    max_records: int = 100
    unhurried: bool = True
    every_s: float = 0.0

    def decode(self, record: ConsumerRecord, trace: tuple[str | None, str | None]) -> RawDelivery:
        """The dead letter; raises :class:`Permanent` when its own headers are missing."""
        ours = {name: value for name, value in record.headers if name.startswith(PREFIX)}
        original = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
        try:
            text = {name.removeprefix(PREFIX): value.decode() for name, value in ours.items()}
            place = f"{text['original-topic']}/{text['original-partition']}/{text['original-offset']}"
            return RawDelivery(
                headers=original,
                key=record.key,
                value=record.value,
                reason=text["reason"],
                exception_class=text["exception-class"],
                attempts=int(text["attempts"]),
                consumer_group=text["consumer-group"],
                original_topic=text["original-topic"],
                original_partition=int(text["original-partition"]),
                original_offset=int(text["original-offset"]),
                original_timestamp_ms=int(text["original-timestamp"]),
                original_envelope=_envelope(original),
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                envelope=_own_envelope(record, text["consumer-group"], place),
                content_hash=content_hash("dead-letter", record.value or b""),
                traceparent=trace[0],
                tracestate=trace[1],
            )
        except (KeyError, ValueError, AttributeError) as error:
            raise Permanent("no dead letter: its dlq.* headers are missing or malformed") from error


def _envelope(headers: Headers) -> Envelope | None:
    try:
        return Envelope.parse(headers)
    except InvalidEnvelope:
        return None


def _own_envelope(record: ConsumerRecord, group: str, place: str) -> Envelope:
    """A dead letter's identity: which group gave up on which record. The same again is the same letter."""
    original = datetime.fromtimestamp(int(dict(record.headers)["dlq.original-timestamp"]) / 1000, UTC)
    return Envelope(
        id=place,
        source=f"/truestock/dead-letters/{group}",
        type="truestock.dead-letter.v1",
        time=original,
        subject=place,
        dataschema="",
        partition_key=place,
    )
