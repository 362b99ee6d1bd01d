"""Cursors: where a list goes on, opaque to callers."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from truestock.contracts.problem import Refusal, RefusalKind


def write(place: Sequence[Any]) -> str:
    """A cursor for the last row of a page."""
    return base64.urlsafe_b64encode(orjson.dumps(list(place), default=str)).decode().rstrip("=")


def read(cursor: str | None, shape: Sequence[type]) -> list[Any] | None:
    """The place that a cursor names; raises Refusal when it is not one of this list's."""
    if cursor is None:
        return None
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(place, list) or len(place) != len(shape):
            raise ValueError("another shape")
        return [_value(kind, value) for kind, value in zip(shape, place, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        raise Refusal(
            "invalid_cursor",
            "This cursor was not given by this list.",
            remedy="Start again without a cursor.",
            kind=RefusalKind.INVALID,
        ) from None


def _value(kind: type[Any], value: Any) -> Any:
    if kind is UUID:
        return UUID(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError("another type")
    if isinstance(value, int) and abs(value) > 2**31 - 1:
        raise ValueError("out of range")
    return value
