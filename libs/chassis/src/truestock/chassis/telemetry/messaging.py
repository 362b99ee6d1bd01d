"""Spans of sending and processing records, by the messaging conventions.

https://opentelemetry.io/docs/specs/semconv/messaging/kafka/ — a record's span continues the record's own
trace, so that one trace follows one listing; the batch's span only links to them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aiokafka import ConsumerRecord
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from truestock.chassis.telemetry.context import link_to, parse_sampled, span_of, trace_of, tracer
from truestock.chassis.telemetry.redaction import redact

SYSTEM = {"messaging.system": "kafka"}


def send_span(topic: str, traceparent: str | None, tracestate: str | None) -> tuple[str | None, str | None]:
    """Record that a record is sent; returns the trace headers that it travels with."""
    parent = parse_sampled(traceparent, tracestate)
    if parent is None:
        return traceparent, tracestate
    span = tracer().start_span(
        f"send {topic}",
        context=trace.set_span_in_context(span_of(parent)),
        kind=SpanKind.PRODUCER,
        attributes={
            **SYSTEM,
            "messaging.operation.name": "send",
            "messaging.operation.type": "send",
            "messaging.destination.name": topic,
        },
    )
    span.end()
    sent, state = trace_of(span)
    return (sent, state) if sent else (traceparent, tracestate)


def start_process_span(
    record: ConsumerRecord, group: str, traceparent: str | None, tracestate: str | None
) -> Span | None:
    """The span in which one record is processed, in the record's own trace; None when nobody records it."""
    parent = parse_sampled(traceparent, tracestate)
    if parent is None:
        return None
    return tracer().start_span(
        f"process {record.topic}",
        context=trace.set_span_in_context(span_of(parent)),
        kind=SpanKind.CONSUMER,
        attributes={
            **SYSTEM,
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": record.topic,
            "messaging.consumer.group.name": group,
            "messaging.destination.partition.id": str(record.partition),
            "messaging.kafka.offset": record.offset,
        },
    )


def end(span: Span | None, *, error: str | None) -> None:
    """The record is handled, or given up for ``error``."""
    if span is None:
        return
    if error is not None:
        span.set_status(Status(StatusCode.ERROR, redact(error)))
    span.end()


@contextmanager
def batch_span(topic: str, group: str, count: int, traceparents: Sequence[str | None]) -> Iterator[Span]:
    """The span of one batch, linked to each record's trace; current while the batch is handled."""
    with tracer().start_as_current_span(
        f"process {topic}",
        kind=SpanKind.CONSUMER,
        links=link_to(traceparents),
        attributes={
            **SYSTEM,
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": topic,
            "messaging.consumer.group.name": group,
            "messaging.batch.message_count": count,
        },
    ) as span:
        yield span
