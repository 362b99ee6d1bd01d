"""Records as they come from a broker."""

from datetime import UTC, datetime
from uuid import uuid4

from aiokafka import ConsumerRecord
from support.small_service import Fact, fact

from truestock.contracts.envelope import Envelope, Headers

TOPIC = "test.fact.v1"
TIMESTAMP_MS = 1_780_000_000_000


def record(
    value: bytes | None,
    *,
    offset: int = 0,
    partition: int = 0,
    key: bytes = b"k",
    ce_type: str | None = None,
    headers: Headers | None = None,
    traceparent: str | None = None,
) -> ConsumerRecord:
    """One record with the envelope of a fact, unless told otherwise."""
    envelope = Envelope(
        id=str(uuid4()),
        source="/truestock/test",
        type=ce_type or Fact.ce_type(),
        time=datetime(2026, 1, 1, tzinfo=UTC),
        subject="k",
        dataschema="",
        partition_key="k",
        traceparent=traceparent,
    )
    return ConsumerRecord(
        topic=TOPIC,
        partition=partition,
        offset=offset,
        timestamp=TIMESTAMP_MS,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=len(key),
        serialized_value_size=len(value or b""),
        headers=tuple(envelope.headers() if headers is None else headers),
    )


def numbered(
    number: int, *, offset: int = 0, partition: int = 0, traceparent: str | None = None
) -> ConsumerRecord:
    """A good record with this number."""
    return record(
        fact("k", number).model_dump_json().encode(),
        offset=offset,
        partition=partition,
        traceparent=traceparent,
    )
