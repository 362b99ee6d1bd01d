"""Events as outbox rows and as records."""

import os
from datetime import UTC, datetime
from uuid import uuid4

from bench.naive.tables import Sent

from truestock.contracts.envelope import Envelope
from truestock.contracts.events import Event

TOPICS = os.environ.get("BENCH_TOPICS", "")


def event_row(event: Event, cause: Envelope) -> Sent:
    """An event to be published; it continues the trace of its cause."""
    row_id, key = uuid4(), event.key()
    envelope = Envelope(
        id=str(row_id),
        source=event.ce_source(),
        type=event.ce_type(),
        time=datetime.now(UTC),
        subject=key,
        dataschema=event.ce_dataschema(),
        partition_key=key,
        sequence=event.ce_sequence(),
    )
    return Sent(
        id=row_id,
        aggregatetype=event.TOPIC.split(".")[1],
        aggregateid=key,
        type=envelope.type,
        topic=TOPICS + event.TOPIC,
        partition_key=key,
        payload=event.model_dump_json().encode(),
        headers=envelope.attributes(),
        traceparent=cause.traceparent,
        tracestate=cause.tracestate,
    )


def headers(row: Sent) -> list[tuple[str, bytes]]:
    """The record's headers."""
    found = {**row.headers, "traceparent": row.traceparent, "tracestate": row.tracestate}
    return [(name, value.encode()) for name, value in found.items() if value]
