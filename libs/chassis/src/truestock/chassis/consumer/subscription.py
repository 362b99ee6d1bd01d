"""What a service wants to hear, and who handles it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiokafka import ConsumerRecord

from truestock.chassis.consumer.decode import Wants, decode_event, decode_removal
from truestock.chassis.delivery import Delivery, Received, Removal
from truestock.contracts.events import Event

Handle = Callable[[Sequence[Any]], Awaitable[None]]
Trace = tuple[str | None, str | None]


class AnySubscription(Protocol):
    """What the runner needs of a subscription."""

    @property
    def group(self) -> str:
        """The consumer group, ``<service>.<use-case>``."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that the group reads."""

    @property
    def max_records(self) -> int:
        """The most records that are handled together."""

    @property
    def unhurried(self) -> bool:
        """Whether nobody waits for the effect of these records."""

    @property
    def every_s(self) -> float:
        """How far apart its batches begin, in seconds; 0: as soon as there are records."""

    def decode(self, record: ConsumerRecord, trace: Trace) -> Received | None:
        """The record as the handler wants it; None skips it; raises ``Permanent``."""

    @property
    def handle(self) -> Callable[[Sequence[Any]], Awaitable[None]]:
        """Handles a batch in a transaction of its own."""


@dataclass(frozen=True)
class Subscription:
    """One consumer group on one topic.

    ``handle`` gets a batch, in order per key, and commits its own transaction; it raises
    :class:`~truestock.chassis.delivery.Permanent` or :class:`~truestock.chassis.delivery.Transient`.
    ``types`` maps CloudEvents types to classes (``contracts.registry.types_of``); other types are
    skipped, and so are events that ``wants`` refuses by their headers, and tombstones unless
    ``removals`` are wanted: they come as :class:`~truestock.chassis.delivery.Removal`. Dead letters go
    to ``<group>.dlq``. Fetches of an ``unhurried`` group gather records for longer: fewer, larger batches
    cost less, and fetches that find nothing are rarer. Batches begin at least ``every_s`` seconds apart: a
    single record is handled at once, those of a busy time together.
    """

    group: str
    topic: str
    handle: Handle
    types: Mapping[str, type[Event]] = field(default_factory=dict)
    max_records: int = 500
    wants: Wants | None = None
    unhurried: bool = False
    every_s: float = 0.0
    removals: bool = False

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that this group reads."""
        return (self.topic,)

    def decode(self, record: ConsumerRecord, trace: Trace) -> Delivery[Event] | Removal | None:
        """See :func:`~truestock.chassis.consumer.decode.decode_event`."""
        if self.removals and record.value is None:
            return decode_removal(record, trace)
        return decode_event(record, self.types, trace, self.wants)
