"""Server spans and request metrics, as plain ASGI middleware.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

import time
from collections.abc import Callable
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from truestock.chassis import metrics
from truestock.chassis.telemetry.context import parse, span_of, trace_of, tracer

QUIET = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})


TRACE = frozenset({b"traceparent", b"tracestate"})
OnError = Callable[[str, str, Exception], ASGIApp]


class HttpTelemetry:
    """One server span per request, in the caller's trace if it sent one; answers with ``traceparent``."""

    def __init__(self, app: ASGIApp, on_error: OnError) -> None:
        self._app = app
        self._on_error = on_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in TRACE}
        parent = parse(headers.get(b"traceparent"), headers.get(b"tracestate"))
        started = time.monotonic()
        status = 500
        started_answer = False
        with tracer().start_as_current_span(
            scope["method"],
            context=trace.set_span_in_context(span_of(parent)) if parent else None,
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"], "url.path": scope["path"]},
        ) as span:

            async def answer(message: Message) -> None:
                nonlocal status, started_answer
                if message["type"] == "http.response.start":
                    status = int(message["status"])
                    started_answer = True
                    traceparent, _ = trace_of(span)
                    if traceparent:
                        message = {
                            **message,
                            "headers": [*message["headers"], (b"traceparent", traceparent.encode())],
                        }
                await send(message)

            try:
                await self._app(scope, receive, answer)
            except Exception as error:
                if started_answer:
                    raise
                await self._on_error(scope["method"], scope["path"], error)(scope, receive, answer)
            finally:
                route = _route(scope)
                _finish(span, scope["method"], route, status)
                metrics.HTTP_SECONDS.labels(scope["method"], route, str(status)).observe(
                    time.monotonic() - started
                )


def _route(scope: Scope) -> str:
    """The route's template, never the path: ids would make a time series each."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "unknown"))


def _finish(span: Span, method: str, route: str, status: int) -> None:
    span.update_name(f"{method} {route}")
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))
