"""Which class a CloudEvents type is, and how a record becomes an event again."""

from collections.abc import Mapping

from pydantic import ValidationError

from truestock.contracts import events
from truestock.contracts.events import Event

PUBLISHED: tuple[type[Event], ...] = (
    events.ConnectionConfirmed,
    events.ConnectionReauthorizationRequired,
    events.ConnectionRestored,
    events.ConnectionDeadlineApproaching,
    events.ConnectionDisconnected,
    events.ImportBatchStarted,
    events.ImportBatchRead,
    events.ImportBatchDecided,
    events.ImportBatchClosed,
    events.ListingImported,
    events.InventorySeeded,
    events.InventoryItem,
    events.SyncValidated,
)

BY_TYPE: Mapping[str, type[Event]] = {event.ce_type(): event for event in PUBLISHED}


class InvalidEvent(ValueError):
    """The data is not a valid event of its type. The message names fields, never their values."""


def types_of(*classes: type[Event]) -> dict[str, type[Event]]:
    """The part of the registry that a subscription wants."""
    return {event.ce_type(): event for event in classes}


def decode(event_class: type[Event], data: bytes) -> Event:
    """Read an event as an open reader: unknown fields are ignored, unknown enum values are ``unknown``.

    Raises :class:`InvalidEvent`.
    """
    try:
        return event_class.model_validate_json(data, extra="ignore")
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'data'}: {problem['type']}"
            for problem in error.errors(include_input=False, include_url=False, include_context=False)[:5]
        )
        raise InvalidEvent(f"{event_class.__name__}: {problems}") from None
