"""What every event has, and how an event knows its topic and key."""

from abc import abstractmethod
from functools import cache
from typing import ClassVar
from uuid import UUID

from truestock.contracts.values import Model, SharedId, UtcDatetime


class Event(Model):
    """A fact in the past tense.

    ``correlation_id`` names the batch or request that it belongs to, ``causation_id`` the
    ``ce_id`` of the event that it follows from (None: a person or a clock caused it).
    Its own id, source and time travel in the envelope.
    """

    TOPIC: ClassVar[str]
    PRODUCER: ClassVar[str]
    VERSION: ClassVar[str] = "1.0"

    workspace_id: SharedId
    occurred_at: UtcDatetime
    correlation_id: SharedId
    causation_id: UUID | None = None

    @classmethod
    @cache
    def ce_type(cls) -> str:
        """The CloudEvents type: reverse-DNS style, with the major version."""
        return f"truestock.{cls.PRODUCER}.{cls.__name__}.v{cls.VERSION.split('.')[0]}"

    @classmethod
    @cache
    def ce_source(cls) -> str:
        """The CloudEvents source: the service that owns the fact."""
        return f"/truestock/{cls.PRODUCER}"

    @classmethod
    @cache
    def ce_dataschema(cls) -> str:
        """The schema file's name in libs/contracts/schemas, as a URI."""
        return f"urn:truestock:schema:{cls.__name__}:{cls.VERSION}"

    def ce_sequence(self) -> str | None:
        """The event's place among those of its key, sortable as text; None where it carries none.

        https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/sequence.md
        """
        return None

    @abstractmethod
    def key(self) -> str:
        """The record key, which is also the CloudEvents subject and partition key."""
