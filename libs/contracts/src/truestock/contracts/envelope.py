"""The CloudEvents 1.0 envelope in the binary mode of its Kafka protocol binding.

Attributes travel as record headers with the prefix ``ce_``, the data as the record's value.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

CONTENT_TYPE = "application/json"
REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type")
_READ = frozenset(
    {*REQUIRED, "ce_time", "ce_subject", "ce_dataschema", "ce_partitionkey", "ce_sequence"}
    | {"traceparent", "tracestate"}
)


def sequence_of(version: int) -> str:
    """``ce_sequence`` of a version: as text in the same order as the numbers."""
    return f"{version:010d}"


Headers = list[tuple[str, bytes]]


class InvalidEnvelope(ValueError):
    """The record's headers are not a CloudEvents 1.0 envelope; the message names what is missing."""


class Envelope(NamedTuple):
    """Who says what about which subject, when; ``(source, id)`` is what consumers deduplicate on."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    dataschema: str
    partition_key: str
    sequence: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None

    def attributes(self) -> dict[str, str]:
        """What becomes headers, in the order of the specification, without the trace's."""
        pairs = {
            "ce_specversion": "1.0",
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_time": self.time.isoformat().replace("+00:00", "Z"),
            "ce_subject": self.subject,
            "ce_dataschema": self.dataschema,
            "ce_partitionkey": self.partition_key,
            "ce_sequence": self.sequence,
            "content-type": CONTENT_TYPE,
        }
        return {name: value for name, value in pairs.items() if value}

    def headers(self) -> Headers:
        """The record headers."""
        pairs = self.attributes() | {"traceparent": self.traceparent, "tracestate": self.tracestate}
        return [(name, value.encode()) for name, value in pairs.items() if value]

    @classmethod
    def parse(cls, headers: Iterable[tuple[str, bytes]]) -> "Envelope":
        """Read an envelope from record headers, whatever others stand beside it.

        Raises :class:`InvalidEnvelope`.
        """
        try:
            found = {name: value.decode() for name, value in headers if name in _READ and value is not None}
        except UnicodeDecodeError as error:
            raise InvalidEnvelope("a header is not UTF-8") from error
        missing = [name for name in REQUIRED if not found.get(name)]
        if missing:
            raise InvalidEnvelope(f"missing CloudEvents headers: {', '.join(missing)}")
        if found["ce_specversion"] != "1.0":
            raise InvalidEnvelope(f"unsupported ce_specversion {found['ce_specversion']!r}")
        try:
            time = datetime.fromisoformat(found["ce_time"])
        except (KeyError, ValueError) as error:
            raise InvalidEnvelope("ce_time is missing or not an RFC 3339 instant") from error
        if time.tzinfo is None:
            raise InvalidEnvelope("ce_time has no offset")
        return cls(
            id=found["ce_id"],
            source=found["ce_source"],
            type=found["ce_type"],
            time=time,
            subject=found.get("ce_subject", ""),
            dataschema=found.get("ce_dataschema", ""),
            partition_key=found.get("ce_partitionkey", ""),
            sequence=found.get("ce_sequence"),
            traceparent=found.get("traceparent"),
            tracestate=found.get("tracestate"),
        )
