"""Outbox rows, and how all rows of a transaction are written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text

from truestock.chassis.ids import new_id
from truestock.chassis.outbox.payload import payload_of
from truestock.chassis.statements import Write
from truestock.contracts.envelope import Envelope
from truestock.contracts.events import Event

TOMBSTONE_TYPE = "truestock.tombstone.v1"
"""The CloudEvents type of a record without data: the key's newest state is «gone»."""

WORKSPACE_HEADER = "truestock_workspace"
"""Whose key a tombstone removes: there is no data that could say it."""


class OutboxRow(NamedTuple):
    """One record to be published: Debezium's event-router columns and what the relay needs.

    :data:`INSERT` has a parameter of each field's name.
    """

    id: UUID
    aggregatetype: str
    aggregateid: str
    type: str
    topic: str
    partition_key: str
    payload: bytes | None
    headers: str
    traceparent: str | None
    tracestate: str | None


def from_event(event: Event, now: datetime, *, traceparent: str | None, tracestate: str | None) -> OutboxRow:
    """The row of an event, with a new ``ce_id``."""
    row_id = new_id()
    key = event.key()
    envelope = Envelope(
        id=str(row_id),
        source=event.ce_source(),
        type=event.ce_type(),
        time=now,
        subject=key,
        dataschema=event.ce_dataschema(),
        partition_key=key,
        sequence=event.ce_sequence(),
    )
    return OutboxRow(
        id=row_id,
        aggregatetype=event.TOPIC.split(".")[1],
        aggregateid=key,
        type=envelope.type,
        topic=event.TOPIC,
        partition_key=key,
        payload=payload_of(event),
        headers=orjson.dumps(envelope.attributes()).decode(),
        traceparent=traceparent,
        tracestate=tracestate,
    )


def tombstone(
    topic: str,
    key: str,
    workspace_id: UUID,
    now: datetime,
    *,
    traceparent: str | None,
    tracestate: str | None,
) -> OutboxRow:
    """The row that removes a key from a compacted topic."""
    row_id = new_id()
    envelope = Envelope(
        id=str(row_id),
        source=f"/truestock/{topic.split('.')[0]}",
        type=TOMBSTONE_TYPE,
        time=now,
        subject=key,
        dataschema="",
        partition_key=key,
    )
    headers = envelope.attributes() | {WORKSPACE_HEADER: str(workspace_id)}
    headers.pop("content-type", None)
    return OutboxRow(
        id=row_id,
        aggregatetype=topic.split(".")[1],
        aggregateid=key,
        type=TOMBSTONE_TYPE,
        topic=topic,
        partition_key=key,
        payload=None,
        headers=orjson.dumps(headers).decode(),
        traceparent=traceparent,
        tracestate=tracestate,
    )


ROWS_PER_STATEMENT = 250
"""asyncpg lets a message grow by 64 kB and copies it each time: 1,000 rows of 4 kB in one statement cost
9.7 ms of CPU, in four statements 1.9 ms (measured)."""

# WITH ORDINALITY: rows of one transaction get ascending numbers in the order in which they were emitted.
INSERT = text(
    """
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, topic, partition_key,
                        payload, headers, traceparent, tracestate)
    SELECT id, aggregatetype, aggregateid, type, topic, partition_key,
           payload, headers::jsonb, traceparent, tracestate
    FROM unnest(CAST(:id AS uuid[]), CAST(:aggregatetype AS text[]), CAST(:aggregateid AS text[]),
                CAST(:type AS text[]), CAST(:topic AS text[]), CAST(:partition_key AS text[]),
                CAST(:payload AS bytea[]), CAST(:headers AS text[]),
                CAST(:traceparent AS text[]), CAST(:tracestate AS text[]))
         WITH ORDINALITY AS r (id, aggregatetype, aggregateid, type, topic, partition_key,
                               payload, headers, traceparent, tracestate, n)
    ORDER BY n
    """
)


def writes(rows: Sequence[OutboxRow]) -> list[Write]:
    """What writes all rows, in their order, with as few statements as is quick."""
    parts = (rows[start : start + ROWS_PER_STATEMENT] for start in range(0, len(rows), ROWS_PER_STATEMENT))
    return [Write(INSERT, _columns(part), len(part)) for part in parts]


def _columns(rows: Sequence[OutboxRow]) -> dict[str, list[Any]]:
    return dict(zip(OutboxRow._fields, map(list, zip(*rows, strict=True)), strict=True))
