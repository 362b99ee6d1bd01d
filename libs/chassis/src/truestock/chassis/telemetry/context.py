"""The trace that the running code belongs to, as W3C trace-context headers."""

from collections.abc import Iterable
from functools import lru_cache

from opentelemetry import trace
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    TraceFlags,
    Tracer,
    TracerProvider,
    TraceState,
)

SAMPLED = 0x01
WHOLE = 55
"""Characters of a ``traceparent`` of version 00, and how one ends that nobody records."""
UNSAMPLED = "-00"


def tracer() -> Tracer:
    """The tracer of this process; it records nothing before :func:`truestock.chassis.telemetry.setup`."""
    return _tracer_of(trace.get_tracer_provider())


@lru_cache(maxsize=1)
def _tracer_of(provider: TracerProvider) -> Tracer:
    # making one costs more than a span that nobody records, and there is one per record
    return provider.get_tracer("truestock")


def trace_of(span: Span) -> tuple[str | None, str | None]:
    """``traceparent`` and ``tracestate`` that continue ``span``; None, None outside a trace."""
    context = span.get_span_context()
    if not context.is_valid:
        return None, None
    parent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
    return parent, context.trace_state.to_header() or None


def current_trace() -> tuple[str | None, str | None]:
    """``traceparent`` and ``tracestate`` of the current span; None, None outside a trace."""
    return trace_of(trace.get_current_span())


def parse(traceparent: str | None, tracestate: str | None = None) -> SpanContext | None:
    """The remote span that a ``traceparent`` names; None when it is absent or malformed.

    https://www.w3.org/TR/trace-context/#traceparent-header
    """
    parts = (traceparent or "").strip().split("-")
    if len(parts) < 4 or [len(part) for part in parts[:4]] != [2, 32, 16, 2] or parts[0] == "ff":
        return None
    try:
        trace_id, span_id, flags = (int(part, 16) for part in parts[1:4])
    except ValueError:
        return None
    state = TraceState.from_header([tracestate]) if tracestate else TraceState()
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags), trace_state=state)
    return context if context.is_valid else None


def parse_sampled(traceparent: str | None, tracestate: str | None = None) -> SpanContext | None:
    """As :func:`parse`, for whom only a recorded trace matters; None for the others, which are most."""
    if traceparent is None or (len(traceparent) == WHOLE and traceparent.endswith(UNSAMPLED)):
        return None
    context = parse(traceparent, tracestate)
    return context if is_sampled(context) else None


def is_sampled(context: SpanContext | None) -> bool:
    """Whether somebody decided to record this trace."""
    return context is not None and bool(context.trace_flags & SAMPLED)


def span_of(context: SpanContext) -> Span:
    """A span that only carries ``context``, to be a parent."""
    return NonRecordingSpan(context)


def link_to(traceparents: Iterable[str | None]) -> list[Link]:
    """A link to each sampled trace among ``traceparents``, each once."""
    contexts = {(c.trace_id, c.span_id): c for c in map(parse_sampled, traceparents) if c is not None}
    return [Link(context) for context in contexts.values()]
