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

Wants = Callable[[Envelope], bool]
"""Whether an event is wanted, by its envelope alone: what is not wanted costs no reading of its data."""

TRACE_HEADERS = frozenset({"traceparent", "tracestate"})


def trace_headers(record: ConsumerRecord) -> tuple[str | None, str | None]:
    """``traceparent`` and ``tracestate`` of a record, however broken its other headers are."""
    found = {
        name: value.decode("ascii", "replace")
        for name, value in record.headers
        if name in TRACE_HEADERS and value is not None
    }
    return found.get("traceparent"), found.get("tracestate")


def _ours(record: ConsumerRecord) -> list[tuple[str, bytes]]:
    """The envelope's headers: what others put beside them may be anything."""
    return [header for header in record.headers if header[0].startswith("ce_") or header[0] in TRACE_HEADERS]


def decode_event(
    record: ConsumerRecord,
    types: Mapping[str, type[Event]],
    trace: tuple[str | None, str | None],
    wants: Wants | None = None,
) -> Delivery[Event] | None:
    """The delivery of a record; None for a type or an envelope that is not wanted, and for a tombstone.

    Raises :class:`Permanent` for a record that is no event of its type.
    """
    envelope = _envelope(record)
    event_class = types.get(envelope.type)
    if event_class is None:
        return None
    if record.value is None or (wants is not None and not wants(envelope)):
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
        return Envelope.parse(_ours(record))
    except InvalidEnvelope as error:
        raise Permanent(f"no CloudEvents envelope: {error}") from error
