"""Spans as JSON lines in a file: readable by tests and people without a tracing backend."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, format_span_id, format_trace_id


class JsonLinesExporter(SpanExporter):
    """Appends one line per span. Several processes may share the file: each batch is one append."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write the spans."""
        lines = b"".join(orjson.dumps(as_record(span), option=orjson.OPT_APPEND_NEWLINE) for span in spans)
        os.write(self._descriptor, lines)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def as_record(span: ReadableSpan) -> dict[str, Any]:
    """One span as plain values; times are nanoseconds since 1970."""
    context = span.context
    return {
        "name": span.name,
        "kind": span.kind.name.lower(),
        "trace_id": format_trace_id(context.trace_id) if context else None,
        "span_id": format_span_id(context.span_id) if context else None,
        "parent_id": format_span_id(span.parent.span_id) if span.parent else None,
        "start": span.start_time,
        "end": span.end_time,
        "service": span.resource.attributes.get("service.name"),
        "attributes": {name: _plain(value) for name, value in (span.attributes or {}).items()},
        "links": [_link(link.context) for link in span.links],
        "status": span.status.status_code.name.lower(),
        "error": span.status.description,
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _link(context: SpanContext) -> dict[str, str]:
    return {"trace_id": format_trace_id(context.trace_id), "span_id": format_span_id(context.span_id)}
