"""The producer that relay and dead letters share, and which refusals no repetition cures."""

from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    CorruptRecordException,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

MAX_BATCH_BYTES = 1024 * 1024
"""Larger batches than aiokafka's default of 16 kB: three times the throughput (measured)."""
MAX_REQUEST_BYTES = 8 * 1024 * 1024 + 256 * 1024
"""The largest topic limit of ours plus headers."""

REFUSALS: tuple[type[KafkaError], ...] = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    CorruptRecordException,
    InvalidTopicError,
)
"""The broker, or the client on its behalf, will never take this record."""

Headers = list[tuple[str, bytes]]


def create_producer(
    bootstrap: str, *, client_id: str, security: Mapping[str, Any] | None = None
) -> AIOKafkaProducer:
    """A producer that waits for all replicas and does not linger. Not started.

    ``security`` are further arguments, as :mod:`truestock.chassis.kafka_security` makes them.
    """
    return AIOKafkaProducer(
        **{"bootstrap_servers": bootstrap.split(","), **(security or {})},
        client_id=client_id,
        acks="all",
        linger_ms=0,
        max_batch_size=MAX_BATCH_BYTES,
        max_request_size=MAX_REQUEST_BYTES,
        request_timeout_ms=15_000,
    )


def record_bytes(key: bytes, value: bytes | None, headers: Headers) -> int:
    """About how large a record is on the wire."""
    return len(key) + len(value or b"") + sum(len(name) + len(text or b"") for name, text in headers) + 64


def is_refusal(error: BaseException | Any) -> bool:
    """Whether ``error`` is one of :data:`REFUSALS`."""
    return isinstance(error, REFUSALS)
