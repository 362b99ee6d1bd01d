"""What an operator may choose, and the plain arithmetic of a split."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any


class ForSplits(StrEnum):
    """``accept`` makes variants of what the text mentions, ``reject`` keeps one variant."""

    REJECT = "reject"
    ACCEPT = "accept"


class ForProposals(StrEnum):
    """``accept`` takes over all that can be, ``keep`` leaves everything as inventory has it."""

    ACCEPT = "accept"
    KEEP = "keep"


class ForHeld(StrEnum):
    """``link`` to the item found, ``create`` an item of its own, or ``reject`` the listing."""

    LINK = "link"
    CREATE = "create"
    REJECT = "reject"


def even_division(stock: int | None, values: Sequence[str]) -> list[dict[str, Any]]:
    """Stock divided as evenly as pieces allow, the first values get the rest; unknown stays unknown."""
    if stock is None:
        return [{"value": value, "quantity": None} for value in values]
    share, rest = divmod(stock, len(values))
    return [
        {"value": value, "quantity": share + (1 if place < rest else 0)} for place, value in enumerate(values)
    ]
