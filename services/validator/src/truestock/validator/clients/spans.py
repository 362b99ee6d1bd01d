"""The live read in each listing's own trace: one request reads many listings, each trace shows it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

from truestock.chassis.telemetry.context import is_sampled, parse, span_of, tracer
from truestock.validator.domain.following import Key
from truestock.validator.domain.model import LiveRead, Unreadable
from truestock.validator.usecases.ports import Target


class ReadSpans:
    """The spans of one request, by listing."""

    def __init__(self, spans: Mapping[Key, Span]) -> None:
        self._spans = spans

    def answered(self, answers: Mapping[Key, LiveRead]) -> None:
        """Say in each listing's span what the marketplace answered about it."""
        for key, span in self._spans.items():
            live = answers[key]
            if isinstance(live, Unreadable):
                span.set_status(Status(StatusCode.ERROR, str(live.reason)))
            span.set_attribute("truestock.listing.found", live is not None)

    def end(self) -> None:
        """The request is over."""
        for span in self._spans.values():
            span.end()


@contextmanager
def reading(targets: Sequence[Target]) -> Iterator[ReadSpans]:
    """A span ``read listing live`` in every sampled trace, linked to the one that did the request."""
    request = trace.get_current_span().get_span_context()
    links = [Link(request)] if request.is_valid else []
    spans: dict[Key, Span] = {}
    for target in targets:
        parent = parse(target.traceparent, target.tracestate)
        if parent is None or not is_sampled(parent):
            continue
        spans[target.key] = tracer().start_span(
            "read listing live",
            context=trace.set_span_in_context(span_of(parent)),
            kind=SpanKind.CLIENT,
            links=links,
            attributes={
                "truestock.connection.id": str(target.key.connection_id),
                "truestock.listing.id": target.key.listing_id,
                "truestock.marketplace": target.marketplace,
                "truestock.read.listings": len(targets),
            },
        )
    read = ReadSpans(spans)
    try:
        yield read
    finally:
        read.end()
