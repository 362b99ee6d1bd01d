"""Spans: one for the batch, a new trace per listing that is linked to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.trace import set_span_in_context

from truestock.chassis.telemetry import current_trace, tracer
from truestock.chassis.telemetry.context import link_to, parse, span_of
from truestock.importer.domain.batch import Batch


@contextmanager
def batch_span(confirmed_in: str | None, kind: str) -> Iterator[str | None]:
    """The span that stands for a batch, linked to its connection's confirmation; yields its traceparent."""
    with tracer().start_as_current_span(
        f"import batch {kind}", links=link_to([confirmed_in]), attributes={"truestock.batch.kind": kind}
    ):
        yield current_trace()[0]


@contextmanager
def in_batch(batch: Batch, name: str) -> Iterator[None]:
    """A span of work on the batch as a whole, in the batch's trace."""
    parent = parse(batch.traceparent)
    context = set_span_in_context(span_of(parent)) if parent else None
    with tracer().start_as_current_span(
        name, context=context, attributes={"truestock.batch_id": str(batch.batch_id)}
    ):
        yield


@contextmanager
def listing_span(batch: Batch, listing_id: str) -> Iterator[None]:
    """A new trace for one listing: a trace of a whole bulk would be cut by every backend."""
    attributes = {
        "truestock.batch_id": str(batch.batch_id),
        "truestock.connection_id": str(batch.connection_id),
        "truestock.listing_id": listing_id,
    }
    links = link_to([batch.traceparent])
    with tracer().start_as_current_span(
        "import listing", context=Context(), links=links, attributes=attributes
    ):
        yield
