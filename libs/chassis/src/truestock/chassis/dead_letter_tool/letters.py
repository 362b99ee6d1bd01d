"""A dead letter as an operator sees it: where it lies, whose it is, what it was, and why it is there."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import orjson
from aiokafka import ConsumerRecord

from truestock.chassis.deadletters import WHY, topic_of
from truestock.chassis.kafka import Headers
from truestock.chassis.outbox.rows import WORKSPACE_HEADER
from truestock.contracts.problem import Refusal, RefusalKind

_ADDRESS = re.compile(r"([a-z0-9.-]{1,200})/(\d{1,9})/(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a dead letter lies: ``<consumer group>/<partition>/<offset>`` in the group's topic of them."""

    group: str
    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """The address that ``text`` spells; raises :class:`Refusal`."""
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise Refusal(
                "invalid_dead_letter",
                "This names no dead letter.",
                remedy="Give it as the list shows it: GROUP/PARTITION/OFFSET.",
                kind=RefusalKind.INVALID,
            )
        return cls(found[1], int(found[2]), int(found[3]))

    @property
    def topic(self) -> str:
        """The group's dead-letter topic."""
        return topic_of(self.group)

    def __str__(self) -> str:
        """As it is spelled."""
        return f"{self.group}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a letter: ``replayed`` or ``discarded``, when, by whom, and why."""

    state: str
    at: datetime
    who: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter. ``original`` is the record as the group got it, byte for byte. ``size``: its value's.

    ``workspace_id`` is None when the record does not say whose it is: such a letter belongs to nobody's
    workspace, and only the platform's own command shows it.
    """

    address: Address
    written_at: datetime
    workspace_id: UUID | None
    original: ConsumerRecord
    reason: str
    exception_class: str
    attempts: int
    size: int
    settled: Settled | None = None

    @property
    def subject(self) -> str:
        """Its name in the audit trail; the time tells it from one of a topic that was made anew."""
        return f"dead-letter:{self.address}@{int(self.written_at.timestamp() * 1000)}"

    @property
    def headers(self) -> dict[str, str]:
        """The original headers, legible."""
        return {name: (value or b"").decode("utf-8", "replace") for name, value in self.original.headers}

    @property
    def key(self) -> str:
        """The original key, legible."""
        return (self.original.key or b"").decode("utf-8", "replace")

    def without_content(self) -> "Letter":
        """The letter for a list: a page of them must not hold a page of contents."""
        return replace(self, original=replace(self.original, value=None))

    def is_of(self, workspace_id: UUID) -> bool:
        """Whether it is this workspace's own."""
        return self.workspace_id == workspace_id


def read(address: Address, record: ConsumerRecord) -> Letter:
    """The letter that ``record`` of a dead-letter topic holds, as far as it is one."""
    count = _own(record.headers)
    why = dict(record.headers[len(record.headers) - count :])
    original = ConsumerRecord(
        topic=_text(why, "original-topic"),
        partition=_number(why, "original-partition"),
        offset=_number(why, "original-offset"),
        timestamp=_number(why, "original-timestamp"),
        timestamp_type=0,
        key=record.key,
        value=record.value,
        checksum=None,
        serialized_key_size=len(record.key) if record.key is not None else -1,
        serialized_value_size=len(record.value) if record.value is not None else -1,
        headers=tuple(record.headers[: len(record.headers) - count]),
    )
    return Letter(
        address=address,
        written_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        workspace_id=workspace_of(original),
        original=original,
        reason=_text(why, "reason") or "it does not say why",
        exception_class=_text(why, "exception-class"),
        attempts=max(0, _number(why, "attempts")),
        size=len(record.value or b""),
    )


def _own(headers: Headers) -> int:
    """How many headers at the end are ours; earlier ``dlq.`` ones belong to the original record."""
    last = [name for name, _ in headers[-len(WHY) :]]
    return len(WHY) if last == list(WHY) else 0


def workspace_of(record: ConsumerRecord) -> UUID | None:
    """Whose record it is: what its data says, or its header where there is no data; None if neither does."""
    if record.value is None:
        named: object = (dict(record.headers).get(WORKSPACE_HEADER) or b"").decode("utf-8", "replace")
    else:
        try:
            data = orjson.loads(record.value)
        except orjson.JSONDecodeError:
            return None
        named = data.get("workspace_id") if isinstance(data, dict) else None
    try:
        return UUID(named) if isinstance(named, str) else None
    except ValueError:
        return None


def settled(letter: Letter, what: Settled | None) -> Letter:
    """The letter with what became of it."""
    return replace(letter, settled=what)


def _text(why: dict[str, bytes], name: str) -> str:
    return (why.get(f"dlq.{name}") or b"").decode("utf-8", "replace")


def _number(why: dict[str, bytes], name: str) -> int:
    text = _text(why, name)
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else -1
