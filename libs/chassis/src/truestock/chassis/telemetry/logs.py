"""Logs as JSON lines on stderr, each with the trace that it belongs to."""

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson
from opentelemetry import trace

from truestock.chassis.telemetry.context import parse
from truestock.chassis.telemetry.redaction import redact
from truestock.chassis.telemetry.repeats import Repeats

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "cause", "color_message"}


class JsonFormatter(logging.Formatter):
    """One JSON object per record.

    ``extra={"cause": delivery}`` takes the trace from a delivery instead of the current span, so that
    a line about one record of a batch carries the record's own trace.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON, secrets masked."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": redact(record.getMessage()),
            **_trace_fields(record),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD:
                line[name] = redact(str(value)) if not isinstance(value, int | float | None) else value
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = redact("".join(traceback.format_exception(*record.exc_info))[-8_000:])
        return orjson.dumps(line, default=str).decode()


def _trace_fields(record: logging.LogRecord) -> dict[str, str]:
    cause = getattr(record, "cause", None)
    context = parse(getattr(cause, "traceparent", None)) if cause is not None else None
    context = context or trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}


def configure_logging(service: str, level: str) -> None:
    """Send every log line of the process to stderr as JSON; chatty libraries only from WARNING.

    What the Kafka client repeats while no broker answers is counted instead (``held_back``).
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    handler.addFilter(Repeats("aiokafka"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("aiokafka", "faststream", "httpx", "httpcore", "uvicorn", "uvicorn.access", "alembic"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(max(logging.WARNING, root.level))
