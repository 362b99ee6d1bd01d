"""From a raw record to a delivery, one record at a time, so that one bad record is one bad record."""

from collections.abc import Callable, Mapping
from uuid import UUID

from aiokafka import ConsumerRecord

from truestock.chassis.delivery import Delivery, Permanent, Removal
from truestock.chassis.inbox import content_hash
from truestock.chassis.outbox.rows import TOMBSTONE_TYPE, WORKSPACE_HEADER
from truestock.contracts import registry
from truestock.contracts.envelope import Envelope, InvalidEnvelope
from truestock.contracts.events import Event

Wants = Callable[[Mapping[str, bytes | None]], bool]
"""Whether an event is wanted, by its headers alone: what is not wanted costs no reading of its data."""


def trace_headers(record: ConsumerRecord) -> tuple[str | None, str | None]:
    """``traceparent`` and ``tracestate`` of a record, however broken its other headers are."""
    parent = state = None
    for name, value in record.headers:
        if name == "traceparent":
            parent = value
        elif name == "tracestate":
            state = value
    return _ascii(parent), _ascii(state)


def _ascii(value: bytes | None) -> str | None:
    return None if value is None else value.decode("ascii", "replace")


def decode_event(
    record: ConsumerRecord,
    types: Mapping[str, type[Event]],
    trace: tuple[str | None, str | None],
    wants: Wants | None = None,
) -> Delivery[Event] | None:
    """The delivery of a record; None for a type or an envelope that is not wanted, and for a tombstone.

    Raises :class:`Permanent` for a wanted record that is no event of its type.
    """
    if wants is not None and not wants(dict(record.headers)):
        return None
    envelope = _envelope(record)
    event_class = types.get(envelope.type)
    if event_class is None or record.value is None:
        return None
    try:
        event = registry.decode(event_class, record.value)
    except registry.InvalidEvent as error:
        raise Permanent(str(error)) from error
    return Delivery(
        event=event,
        envelope=envelope,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key or b"",
        timestamp_ms=record.timestamp,
        content_hash=content_hash(envelope.type, record.value),
        traceparent=trace[0],
        tracestate=trace[1],
    )


def decode_removal(record: ConsumerRecord, trace: tuple[str | None, str | None]) -> Removal | None:
    """A tombstone as a removal; None for an empty record of another type. Raises :class:`Permanent`."""
    envelope = _envelope(record)
    if envelope.type != TOMBSTONE_TYPE:
        return None
    try:
        workspace_id = UUID((dict(record.headers).get(WORKSPACE_HEADER) or b"").decode())
    except ValueError as error:
        raise Permanent(f"a tombstone without a workspace in {WORKSPACE_HEADER}") from error
    return Removal(
        workspace_id=workspace_id,
        envelope=envelope,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key or b"",
        content_hash=content_hash(envelope.type, record.key or b""),
        traceparent=trace[0],
        tracestate=trace[1],
    )


def _envelope(record: ConsumerRecord) -> Envelope:
    try:
        return Envelope.parse(record.headers)
    except InvalidEnvelope as error:
        raise Permanent(f"no CloudEvents envelope: {error}") from error
