"""One decoded record, and the two ways in which handling it can fail."""

from typing import Generic, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct

from truestock.contracts.envelope import Envelope
from truestock.contracts.events import Event

E = TypeVar("E", bound=Event, covariant=True)


class Received(Protocol):
    """What inbox, traces and logs need to know of a record, whatever it holds."""

    @property
    def envelope(self) -> Envelope:
        """Who says it, and its id."""

    @property
    def content_hash(self) -> bytes:
        """Identifies the content."""

    @property
    def traceparent(self) -> str | None:
        """The span that processes this record: what follows from the record continues there."""

    @property
    def tracestate(self) -> str | None:
        """The vendor part of the trace."""


class Delivery(Struct, Generic[E], frozen=True):
    """One record of a topic, decoded.

    ``content_hash`` identifies the content (type and data) for the inbox. ``traceparent`` and
    ``tracestate`` name the span that processes this record (or the record's own when it is not sampled):
    what follows from the record continues there.
    """

    event: E
    envelope: Envelope
    topic: str
    partition: int
    offset: int
    key: bytes
    timestamp_ms: int
    content_hash: bytes
    traceparent: str | None = None
    tracestate: str | None = None


class Removal(Struct, frozen=True):
    """A record without data: ``key`` is gone from its compacted topic. Its envelope says when."""

    workspace_id: UUID
    envelope: Envelope
    topic: str
    partition: int
    offset: int
    key: bytes
    content_hash: bytes
    traceparent: str | None = None
    tracestate: str | None = None


class Permanent(Exception):
    """This record can never be handled: it goes to the dead-letter topic and the others go on.

    ``reason`` is public text: it must not hold a secret. Name the ``delivery`` where it is known;
    without it the runner finds the record by halving the batch.
    """

    def __init__(self, reason: str, *, delivery: Received | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.delivery = delivery


class Transient(Exception):
    """Not now: the same record may succeed later, so it is read again after a pause."""


class DatabaseRefusal(Transient):
    """The database answers and takes no work from anybody, until the ``reason`` has ended (DiskFullError)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"database: {reason}")
        self.reason = reason
