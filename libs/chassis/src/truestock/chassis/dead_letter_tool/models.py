"""Dead letters as JSON."""

import base64
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from truestock.chassis.dead_letter_tool.letters import Letter

SHOWN_BYTES = 256 * 1024
"""A larger value is shown up to here; a replay takes all of it."""

_LETTER: JsonDict = {
    "id": "inventory.seed-from-listing/0/12",
    "group": "inventory.seed-from-listing",
    "written_at": "2026-01-02T03:04:05Z",
    "workspace_id": "11111111-1111-4111-8111-111111111111",
    "original_topic": "importer.listing-imported.v1",
    "original_partition": 3,
    "original_offset": 4711,
    "key": "9b1d7c1e-0000-4000-8000-000000000001:1001",
    "event_type": "truestock.importer.listing-imported.v1",
    "event_id": "9b1d7c1e-0000-4000-8000-000000000002",
    "reason": "price: must not be negative",
    "exception_class": "Permanent",
    "attempts": 1,
    "bytes": 2100,
    "state": "open",
    "settled_at": None,
    "settled_by": None,
    "settled_reason": None,
}


class LetterOut(BaseModel):
    """One dead letter without its content; ``id`` names it in the other calls."""

    model_config = ConfigDict(json_schema_extra={"example": _LETTER})

    id: str
    group: str
    written_at: datetime
    workspace_id: UUID | None
    original_topic: str
    original_partition: int
    original_offset: int
    key: str
    event_type: str | None
    event_id: str | None
    reason: str
    exception_class: str
    attempts: int
    bytes: int
    state: str = Field(description="open, replayed or discarded")
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None

    @classmethod
    def of(cls, letter: Letter) -> "LetterOut":
        """As the API shows it."""
        return cls.model_validate(_summary(letter))


class LetterInFull(LetterOut):
    """With the original headers and value: as text where it is text, otherwise in base64."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {**_LETTER, "headers": {}, "text": "{…}", "base64": None, "is_whole": True}
        }
    )

    headers: dict[str, str]
    text: str | None
    base64: str | None
    is_whole: bool = Field(description="False when the value is longer than what is shown.")

    @classmethod
    def of(cls, letter: Letter) -> "LetterInFull":
        """As the API shows it."""
        value = letter.original.value
        shown = (value or b"")[:SHOWN_BYTES]
        is_whole = len(shown) == len(value or b"")
        # a cut may fall into a character: that is no reason to call it binary
        text = (
            shown.decode("utf-8", "strict" if is_whole else "ignore") if _is_text(shown, is_whole) else None
        )
        return cls.model_validate(
            {
                **_summary(letter),
                "headers": letter.headers,
                "text": text if value is not None else None,
                "base64": base64.b64encode(shown).decode() if text is None else None,
                "is_whole": is_whole,
            }
        )


class LetterList(BaseModel):
    """Open letters; ask again with ``next_cursor`` until it is null, also after an empty page."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_LETTER], "next_cursor": None}})

    items: list[LetterOut]
    next_cursor: str | None


class DiscardIn(BaseModel):
    """Why the record is given up for good."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "a duplicate of 1002, corrected by hand"}}
    )

    reason: str = Field(min_length=1, max_length=1_000)


def _summary(letter: Letter) -> dict[str, object]:
    original, mark = letter.original, letter.settled
    return {
        "id": str(letter.address),
        "group": letter.address.group,
        "written_at": letter.written_at,
        "workspace_id": letter.workspace_id,
        "original_topic": original.topic,
        "original_partition": original.partition,
        "original_offset": original.offset,
        "key": letter.key,
        "event_type": letter.headers.get("ce_type"),
        "event_id": letter.headers.get("ce_id"),
        "reason": letter.reason,
        "exception_class": letter.exception_class,
        "attempts": letter.attempts,
        "bytes": letter.size,
        "state": mark.state if mark else "open",
        "settled_at": mark.at if mark else None,
        "settled_by": mark.who if mark else None,
        "settled_reason": mark.reason if mark else None,
    }


def _is_text(shown: bytes, is_whole: bool) -> bool:
    try:
        shown.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        return not is_whole and error.start >= len(shown) - 3
    return True
