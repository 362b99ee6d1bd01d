"""Shopify's connections: pages behind opaque cursors."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from graphql import GraphQLError

T = TypeVar("T")
MOST = 250


def cursor_at(place: int) -> str:
    """An opaque text for a place: a number that grows from one object to the next."""
    return base64.b64encode(json.dumps({"last_id": place}).encode()).decode()


def place_of(cursor: str | None) -> int | None:
    """The place of a cursor; None without one. GraphQLError for a text that is none of ours."""
    if cursor is None:
        return None
    try:
        return int(json.loads(base64.b64decode(cursor, validate=True))["last_id"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise GraphQLError(f"Invalid cursor for current pagination sort: {cursor}.") from None


def asked_for(first: int | None) -> int:
    """How many objects a page has at most. GraphQLError when it does not say, or says too many."""
    if first is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 <= first <= MOST:
        raise GraphQLError(f"first cannot exceed {MOST}", extensions={"code": "BAD_REQUEST"})
    return first


def page(rows: Sequence[tuple[int, Any]], more: bool, *, before: bool) -> dict[str, Any]:
    """A connection of rows (place, node); ``more`` rows follow, ``before`` says whether some precede."""
    edges = [{"cursor": cursor_at(place), "node": node} for place, node in rows]
    return {
        "edges": edges,
        "nodes": [node for _, node in rows],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": before,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def listed(
    items: Sequence[T], render: Callable[[T], Any], first: int | None, after: str | None
) -> dict[str, Any]:
    """A page of a list that stays in its order."""
    size, behind = asked_for(first), place_of(after)
    start = 0 if behind is None else behind + 1
    rows = [(place, render(item)) for place, item in enumerate(items[start : start + size], start)]
    return page(rows, start + size < len(items), before=start > 0)
