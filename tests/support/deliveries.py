"""Events as a consumer gets them, without a broker."""

import itertools
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from truestock.chassis.delivery import Delivery, Removal
from truestock.chassis.inbox import content_hash
from truestock.chassis.outbox.rows import TOMBSTONE_TYPE
from truestock.contracts.envelope import Envelope
from truestock.contracts.events import Event

_offsets = itertools.count()


def envelope_of(event: Event, *, event_id: UUID | None = None) -> Envelope:
    """The event's envelope at the present time, with a new id unless it is given."""
    return Envelope(
        id=str(event_id or uuid4()),
        source=event.ce_source(),
        type=event.ce_type(),
        time=datetime.now(UTC),
        subject=event.key(),
        dataschema=event.ce_dataschema(),
        partition_key=event.key(),
        sequence=event.ce_sequence(),
    )


def delivery(event: Event, *, event_id: UUID | None = None) -> Delivery[Any]:
    """The event as the next record of its topic."""
    return Delivery(
        event=event,
        envelope=envelope_of(event, event_id=event_id),
        topic=event.TOPIC,
        partition=0,
        offset=next(_offsets),
        key=event.key().encode(),
        timestamp_ms=0,
        content_hash=content_hash(event.ce_type(), event.model_dump_json().encode()),
    )


def removal(topic: str, key: str, workspace_id: UUID) -> Removal:
    """The tombstone of a key."""
    envelope = Envelope(
        id=str(uuid4()),
        source=f"/truestock/{topic.split('.')[0]}",
        type=TOMBSTONE_TYPE,
        time=datetime.now(UTC),
        subject=key,
        dataschema="",
        partition_key=key,
    )
    return Removal(
        workspace_id=workspace_id,
        envelope=envelope,
        topic=topic,
        partition=0,
        offset=next(_offsets),
        key=key.encode(),
        content_hash=content_hash(TOMBSTONE_TYPE, key.encode()),
    )
