"""Secrets stay out, traces continue, spans are readable."""

import json
import logging
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from truestock.chassis.telemetry.context import (
    is_sampled,
    link_to,
    parse,
    parse_sampled,
    span_of,
    trace_of,
    tracer,
)
from truestock.chassis.telemetry.file_exporter import JsonLinesExporter
from truestock.chassis.telemetry.logs import JsonFormatter
from truestock.chassis.telemetry.redaction import redact

SAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-00"

CANARY = "canary-5f2c9e1d7b"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"headers={{'authorization': 'Bearer {CANARY}'}}",
        f"POST /token refresh_token={CANARY}&grant_type=refresh_token",
        f'{{"access_token": "{CANARY}", "expires_in": 3600}}',
        f"postgresql://inventory_app:{CANARY}@127.0.0.1/inventory",
        f"GET /v1/oauth/etsy/callback?state={CANARY}&code={CANARY}",
        f"x-api-key: {CANARY}",
        f"client_secret='{CANARY}'",
        f"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.{CANARY}",
    ],
)
def test_secrets_are_masked(text: str) -> None:
    assert CANARY not in redact(text)
    assert "[redacted]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "the batch is in state=awaiting_review with code=not_found",
        "listing 1234567890 has 3 variants",
        "the token has expired",
        "http://127.0.0.1:8080/v1/items?limit=50",
    ],
)
def test_ordinary_sentences_stay(text: str) -> None:
    assert redact(text) == text


def test_trace_headers_are_read_and_written() -> None:
    context = parse(SAMPLED, "vendor=1")
    assert context is not None
    assert is_sampled(context)
    assert trace_of(span_of(context)) == (SAMPLED, "vendor=1")
    assert not is_sampled(parse(UNSAMPLED))


@pytest.mark.parametrize(
    "text", [None, "", "00-zz-1-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "nonsense"]
)
def test_a_broken_trace_header_is_no_trace(text: str | None) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", [None, "", "nonsense", UNSAMPLED, f"{UNSAMPLED} ", f"cc{UNSAMPLED[2:]}-01"])
def test_a_trace_that_nobody_records_is_not_continued(text: str | None) -> None:
    assert parse_sampled(text) is None


@pytest.mark.parametrize("text", [SAMPLED, f" {SAMPLED}", f"cc{SAMPLED[2:]}-00"])
def test_a_recorded_trace_is_continued(text: str) -> None:
    assert parse_sampled(text, "vendor=1") == parse(text, "vendor=1")
    assert parse_sampled(text) is not None


def test_a_tracer_follows_its_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = TracerProvider(), TracerProvider()
    for provider in (first, second, first):
        monkeypatch.setattr(trace, "get_tracer_provider", lambda provider=provider: provider)
        assert tracer().resource is provider.resource  # type: ignore[attr-defined]  # the SDK's own


def test_a_batch_links_each_sampled_trace_once() -> None:
    assert len(link_to([SAMPLED, SAMPLED, UNSAMPLED, None, "nonsense"])) == 1


def test_spans_are_one_json_line_each(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "spans.jsonl"
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(JsonLinesExporter(file)))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("outer", links=link_to([SAMPLED])):
        tracer.start_span("inner", attributes={"n": 1, "many": ("a", "b")}).end()
    provider.shutdown()
    inner, outer = (json.loads(line) for line in file.read_text().splitlines())
    assert inner["parent_id"] == outer["span_id"]
    assert inner["attributes"] == {"n": 1, "many": ["a", "b"]}
    assert outer["links"] == [{"trace_id": SAMPLED.split("-")[1], "span_id": SAMPLED.split("-")[2]}]
    assert outer["end"] >= inner["end"]


class Cause:
    """Something with a trace."""

    traceparent = SAMPLED


def test_a_log_line_about_a_record_carries_the_records_trace() -> None:
    record = logging.makeLogRecord({"msg": "seeded %d", "args": (3,), "levelname": "INFO", "cause": Cause()})
    record.batch_id = "b1"
    line = json.loads(JsonFormatter("small").format(record))
    assert line["message"] == "seeded 3"
    assert line["trace_id"] == SAMPLED.split("-")[1]
    assert line["batch_id"] == "b1"


def test_an_exception_in_a_log_line_is_masked() -> None:
    try:
        raise ValueError(f"Bearer {CANARY}")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    line = JsonFormatter("small").format(logging.makeLogRecord({"msg": "failed", "exc_info": info}))
    assert CANARY not in line
    assert "ValueError" in line
