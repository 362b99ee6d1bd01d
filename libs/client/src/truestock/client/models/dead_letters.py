"""Dead letters: records that a consumer group gave up."""

from datetime import datetime

from pydantic import Field

from truestock.client.models.common import Answer


class DeadLetter(Answer):
    """One of them, without its content; ``id`` is GROUP/PARTITION/OFFSET.

    ``state`` is open, replayed or discarded.
    """

    id: str
    group: str
    written_at: datetime
    original_topic: str = ""
    original_partition: int = 0
    original_offset: int = 0
    key: str = ""
    event_type: str | None = None
    event_id: str | None = None
    reason: str = ""
    exception_class: str = ""
    attempts: int = 0
    bytes: int = 0
    state: str = "open"
    settled_at: datetime | None = None
    settled_by: str | None = None
    settled_reason: str | None = None


class DeadLetterInFull(DeadLetter):
    """With its original headers and value: ``text``, or ``base64`` where it is no text."""

    headers: dict[str, str] = Field(default_factory=dict)
    text: str | None = None
    base64: str | None = None
    is_whole: bool = True
