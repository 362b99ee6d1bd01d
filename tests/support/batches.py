"""A batch of records in memory, as the relay fills them."""

from dataclasses import dataclass, field

from truestock.chassis.kafka import Headers
from truestock.chassis.outbox.publish import Batch

Record = tuple[bytes, bytes | None]


@dataclass
class FakeBatch:
    """Has room for so many bytes of values, and always for the first, as aiokafka's."""

    room: int = 1000
    records: list[Record] = field(default_factory=list)

    def append(self, *, timestamp: None, key: bytes, value: bytes | None, headers: Headers) -> object | None:
        """Take a record; None when the batch is full."""
        taken = sum(len(known or b"") for _, known in self.records)
        if self.records and taken + len(value or b"") > self.room:
            return None
        self.records.append((key, value))
        return self


def records_of(batch: Batch) -> list[Record]:
    """Keys and values of a batch that one of the fakes made."""
    if not isinstance(batch, FakeBatch):
        raise TypeError("not a batch of this fake")
    return batch.records
